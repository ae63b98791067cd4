import LosslessJSON
import Testing

/// Reading a document once it is parsed.
@Suite struct ValueTests {
    private static func root(_ json: String) throws -> Value {
        try Document(Array(json.utf8)).root
    }

    @Test func `a member is found by its key at any level`() throws {
        let root = try Self.root(
            #"{"id": 7, "payment": {"items": [{"sum": 1}, {"sum": 2}], "sum": {"amount": 5200, "currency": "EUR"}}}"#
        )
        #expect(root["payment"]?["sum"]?["amount"]?.rawNumber == "5200")
        #expect(root["payment"]?["sum"]?["currency"]?.text == "EUR")
        #expect(root["payment"]?["items"]?.elements.compactMap { $0["sum"]?.rawNumber } == ["1", "2"])
        #expect(root["id"]?.rawNumber == "7")
        #expect(root["amount"] == nil)
        #expect(root["payment"]?["id"] == nil)
        #expect(root["payment"]?["sum"]?["amount"]?["more"] == nil)
    }

    @Test func `a member is found by the bytes that its key means`() throws {
        let root = try Self.root(
            #"{"\u0061\/b": 1, "\#u{E9}": 2, "e\u0301": 3, "": 4, "\ud83d\ude00": 5, "a": 6, "\\": 7}"#
        )
        #expect(root["\\"]?.rawNumber == "7")
        #expect(root["a/b"]?.rawNumber == "1")
        #expect(root["\u{E9}"]?.rawNumber == "2")
        #expect(root["e\u{301}"]?.rawNumber == "3")
        #expect(root[""]?.rawNumber == "4")
        #expect(root["😀"]?.rawNumber == "5")
        #expect(root["a"]?.rawNumber == "6")
        #expect(root["a/"] == nil)
        #expect(root["\\u0061"] == nil)
    }

    @Test(arguments: ["[]", #"["a"]"#, #""a""#, "1", "true", "null"])
    func `only an object has members`(json: String) throws {
        let value = try Self.root(json)
        #expect(value.members.map { $0.key.string }.isEmpty)
        #expect(value["a"] == nil)
    }

    @Test(arguments: ["{}", #"{"a":[1]}"#, #""a""#, "1", "true", "null"])
    func `only an array has elements`(json: String) throws {
        #expect(try Array(Self.root(json).elements).isEmpty)
    }

    static let scalars: [(json: String, kind: Value.Kind, text: String?, number: String?, bytes: String)] = [
        (#""a\u0020b""#, .string, "a b", nil, "a b"),
        (#""12""#, .string, "12", nil, "12"),
        ("\"\"", .string, "", nil, ""),
        ("-1.50e+3", .number, nil, "-1.50e+3", "-1.50e+3"),
        ("true", .true, nil, nil, ""),
        ("false", .false, nil, nil, ""),
        ("null", .null, nil, nil, ""),
        ("[1]", .array, nil, nil, ""),
        (#"{"a":"b"}"#, .object, nil, nil, ""),
    ]

    @Test(arguments: scalars)
    func `a value is what it is and nothing else`(
        json: String,
        kind: Value.Kind,
        text: String?,
        number: String?,
        bytes: String
    ) throws {
        let value = try Self.root(" \(json) ")
        #expect(value.kind == kind)
        #expect(value.text == text)
        #expect(value.rawNumber == number)
        #expect(value.isNull == (kind == .null))
        #expect(value.scalar?.string == text ?? number)
        var buffer = Array("before ".utf8)
        value.appendScalar(to: &buffer)
        #expect(buffer == Array("before \(bytes)".utf8))
    }

    static let keys: [(json: String, meaning: String)] = [
        (#"a;b:c"#, "a;b:c"),
        (#"\u003b\u003A"#, ";:"),
        (#"\n\/\\\""#, "\n/\\\""),
        (#"naïve 😀"#, "naïve 😀"),
        (#"na\u00efve \ud83D\uDE00!"#, "naïve 😀!"),
        ("", ""),
    ]

    @Test(arguments: keys)
    func `a key is the bytes that it means`(json: String, meaning: String) throws {
        let key = try #require(Self.root("{\"\(json)\":0}").members.map { $0.key }.first)
        var (appended, one) = (Array("before ".utf8), [UInt8]())
        key.append(to: &appended)
        key.forEachByte { one.append($0) }
        #expect(one == Array(meaning.utf8))
        #expect(appended == Array("before \(meaning)".utf8))
        #expect(Array(key.string.utf8) == Array(meaning.utf8))
        #expect(key == meaning)
        #expect(!(key == meaning + "x"))
        #expect(!(key == "x" + meaning.dropFirst()))
        for byte in UInt8.min...UInt8.max {
            #expect(key.contains(byte) == meaning.utf8.contains(byte))
        }
    }

}
