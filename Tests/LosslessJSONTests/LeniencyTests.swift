import LosslessJSON
import Testing

/// What is accepted only on request.
@Suite struct LeniencyTests {
    private func document(_ json: String, _ leniency: Document.Leniency) throws(SyntaxError) -> Document {
        try Document(Array(json.utf8), allowing: leniency)
    }

    static let repeated: [(json: String, key: String, repeats: Bool)] = [
        (#"{"a":1,"a":2}"#, "a", true),
        (#"{"a":1,"\u0061":2}"#, "a", true),
        (#"{"a":1,"b":2,"a":3,"b":{"a":4}}"#, "b", true),
        (#"{"a":1,"b":2,"b":3}"#, "a", false),
        (#"{"a":1,"b":2,"b":3}"#, "c", false),
        (#"{"a":{"b":1,"b":2},"b":3}"#, "b", false),
        (#"{"a":[1],"a":[2],"a":[3]}"#, "a", true),
        (#"{"é":1,"\u00e9":2}"#, "é", true),
        (#"["a","a"]"#, "a", false),
    ]

    @Test(arguments: repeated)
    func `a repeated key is told, and its first value is given`(line: (json: String, key: String, repeats: Bool)) throws
    {
        let root = try document(line.json, .repeatedKeys).root
        #expect(root.repeats(line.key) == line.repeats)
        if line.repeats {
            #expect(throws: SyntaxError.self) { try document(line.json, .byteOrderMark) }
            #expect(root[line.key]?.rawNumber.map { $0 == "1" || $0 == "2" } ?? true)
        }
    }

    @Test func `every member of a repeated key is kept, in order`() throws {
        let root = try document(#"{"a":1,"b":2,"a":3}"#, .repeatedKeys).root
        #expect(root.members.map { $0.key.string } == ["a", "b", "a"])
        #expect(root.members.map(\.value.rawNumber) == ["1", "2", "3"])
        #expect(root["a"]?.rawNumber == "1")
    }

    @Test(arguments: [2, 16, 17, 40])
    func `a key is told among many`(count: Int) throws {
        let members = (0..<count).map { "\"\($0)\":0" }
        let root = try document("{\((members + [members[count - 1]]).joined(separator: ","))}", .repeatedKeys).root
        #expect((0..<count).filter { root.repeats("\($0)") } == [count - 1])
    }

    @Test func `a key is told among many though another was repeated before it`() throws {
        let members = (0..<16).map { "\"\($0)\":0" } + [#""0":0"#, #""x":0"#, #""9":0"#, #""x":0"#]
        let root = try document("{\(members.joined(separator: ","))}", .repeatedKeys).root
        #expect(["0", "9", "x"].allSatisfy(root.repeats))
        #expect(!root.repeats("1"))
    }

    @Test func `without repeated keys nothing repeats`() throws {
        #expect(try !document(#"{"a":1,"b":2}"#, .repeatedKeys).root.repeats("a"))
    }

    @Test func `a byte order mark is skipped, and places are counted with it`() throws {
        #expect(try document("\u{FEFF} [1]", .byteOrderMark).root.elements.map(\.rawNumber) == ["1"])
        #expect(throws: SyntaxError(offset: 0, reason: .unexpectedByte)) { try document("\u{FEFF}1", .repeatedKeys) }
        #expect(throws: SyntaxError(offset: 4, reason: .trailingContent)) { try document("\u{FEFF}1x", .byteOrderMark) }
    }
}
