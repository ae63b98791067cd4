import LosslessJSON
import Testing

/// Containers may be nested 64 deep, so that no input can exhaust the stack.
@Suite struct DepthTests {
    private static func nested(_ open: String, _ close: String, times: Int, around json: String = "") -> String {
        String(repeating: open, count: times) + json + String(repeating: close, count: times)
    }

    @Test(arguments: ["[]", "{}", "[0]", #"{"k":0}"#])
    func `a container is taken at level 64 and refused at level 65`(container: String) {
        #expect(Document.refusal(of: Self.nested("[", "]", times: 63, around: container)) == nil)
        #expect(Document.refusal(of: Self.nested(#"{"k":"#, "}", times: 63, around: container)) == nil)
        #expect(Document.refusal(of: Self.nested(#"[{"k":"#, "}]", times: 31, around: "[\(container)]")) == nil)
        let inArrays = Self.nested("[", "]", times: 64, around: container)
        #expect(Document.refusal(of: inArrays) == SyntaxError(offset: 64, reason: .depth))
        let inObjects = Self.nested(#"{"k":"#, "}", times: 64, around: container)
        #expect(Document.refusal(of: inObjects) == SyntaxError(offset: 64 * 5, reason: .depth))
        let inBoth = Self.nested(#"[{"k":"#, "}]", times: 32, around: container)
        #expect(Document.refusal(of: inBoth) == SyntaxError(offset: 32 * 6, reason: .depth))
    }

    @Test func `a scalar is taken in the deepest container`() throws {
        var value = try Document(Array(Self.nested(#"{"k":"#, "}", times: 64, around: #""deep""#).utf8)).root
        for _ in 0..<64 {
            value = try #require(value["k"])
        }
        #expect(value.text == "deep")
    }

    @Test func `levels that were closed do not count`() {
        let deep = Self.nested("[", "]", times: 63)
        #expect(Document.refusal(of: "[" + Array(repeating: deep, count: 100).joined(separator: ",") + "]") == nil)
    }

    @Test(arguments: ["[", #"{"":"#, #"[{"":"#])
    func `a million openings are refused at the same place as a few`(open: String) {
        let expected = Document.refusal(of: String(repeating: open, count: 65))
        #expect(expected?.reason == .depth)
        #expect(Document.refusal(of: String(repeating: open, count: 1_000_000)) == expected)
    }
}
