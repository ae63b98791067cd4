import LosslessJSON
import Testing

/// Keys that decode to the same bytes are refused: it cannot be known which of the two was signed.
@Suite struct DuplicateKeyTests {
    static let equal: [(json: String, offset: Int)] = [
        (#"{"a":1,"a":2}"#, 7),
        (#"{"a":1,"a":1}"#, 7),
        (#"{"a":1, "b":2, "a":3}"#, 15),
        (#"{"":1,"":2}"#, 6),
        (#"{"a":1,"\u0061":2}"#, 7),
        (#"{"\u0061":1,"a":2}"#, 12),
        (#"{"\u0061b":1,"a\u0062":2}"#, 13),
        (#"{"/":1,"\/":2}"#, 7),
        (#"{"\n":1,"\u000A":2}"#, 8),
        (#"{"\u00e9":1,"é":2}"#, 12),
        (#"{"\uD83D\uDE00":1,"😀":2}"#, 18),
        (#"[{"x":{"a":1,"a":2}}]"#, 13),
        (#"{"a":{"b":1,"c":[]},"d":[{"a":0}],"a":0}"#, 34),
        // It is refused when the key is read, before any later mistake.
        (#"{"a":1,"a"!"#, 7),
    ]

    @Test(arguments: equal)
    func `a key that an object has already is refused`(json: String, offset: Int) {
        #expect(Document.refusal(of: json) == SyntaxError(offset: offset, reason: .duplicateKey))
    }

    static let different = [
        #"{"a":1,"A":2}"#,
        #"{"a":1,"a ":2,"":3}"#,
        #"{"a":1,"a\u0000":2}"#,
        #"{"\\u0061":1,"a":2}"#,
        #"{"a":{"a":{"a":1}}}"#,
        #"{"x":{"a":1},"y":{"a":1},"a":[{"a":1},{"a":1}]}"#,
        // Canonically equivalent, and equal as Swift strings; and characters that look alike.
        "{\"\u{E9}\":1,\"e\u{301}\":2}",
        #"{"\u00e9":1,"e\u0301":2}"#,
        "{\"\u{212B}\":1,\"\u{C5}\":2}",
        "{\"a\":1,\"а\":2}",
    ]

    @Test(arguments: different)
    func `keys of other bytes or of other objects are different`(json: String) {
        #expect(Document.refusal(of: json) == nil)
    }

    /// Few keys and many are searched in different ways.
    @Test(arguments: [1, 2, 15, 16, 17, 18, 40])
    func `each key is refused a second time, however many there are`(count: Int) {
        let members = (0..<count).map { "\"key \($0)\":[{\"key \($0)\":0}]" }
        let start = members.joined(separator: ",").utf8.count + 2
        for index in 0..<count {
            for again in ["\"key \(index)\":0", "\"\\u006bey\\u0020\(index)\":0"] {
                let json = "{" + (members + [again]).joined(separator: ",") + "}"
                #expect(Document.refusal(of: json) == SyntaxError(offset: start, reason: .duplicateKey))
            }
        }
        #expect(Document.refusal(of: "{" + (members + [#""key":0"#]).joined(separator: ",") + "}") == nil)
    }

    @Test func `40,000 different keys are taken, in order`() throws {
        let keys = (0..<40_000).map { String($0, radix: 36) }
        let document = try Document(Array("{\(keys.map { "\"\($0)\":0" }.joined(separator: ","))}".utf8))
        #expect(document.root.members.map { $0.key.string } == keys)
        #expect(document.root[keys[39_999]]?.rawNumber == "0")
    }

    @Test(arguments: [0, 20_000, 39_999])
    func `one duplicate among 40,000 keys is refused`(index: Int) {
        let members = (0..<40_000).map { "\"\($0)\":0" }.joined(separator: ",")
        let refusal = SyntaxError(offset: members.utf8.count + 2, reason: .duplicateKey)
        #expect(Document.refusal(of: "{\(members),\"\(index)\":0}") == refusal)
        let escaped = "\(index)".map { #"\u003\#($0)"# }.joined()
        #expect(Document.refusal(of: "{\(members),\"\(escaped)\":0}") == refusal)
    }
}
