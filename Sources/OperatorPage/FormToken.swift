/// Proves that a form came from a page of this process: another site can send a form here, but cannot read this page.
package struct FormToken: Sendable {
    package let text: String

    /// 256 bits of the system's generator.
    package init() {
        text = (0..<4).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// Whether a form has it; the comparison takes as long for any text of its length.
    package func isProved(by text: String?) -> Bool {
        guard let text, text.utf8.count == self.text.utf8.count else { return false }
        return zip(text.utf8, self.text.utf8).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
