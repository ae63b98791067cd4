extension Secret {
    /// The DER of a key in any form in which keys are handed about: base64, bare or as PEM, in lines or in one, with line
    /// breaks as they are or as the two characters `\n`. nil if it is none of these.
    ///
    /// - Parameter kind: What the PEM's label must end in; `PUBLIC KEY`, say, for `RSA PUBLIC KEY` too.
    func der(of kind: String) -> [UInt8]? {
        let text = String(decoding: bytes, as: UTF8.self)
            .replacing("\\r", with: "")
            .replacing("\\n", with: "")
        let parts = text.split(separator: "-----").filter { !$0.utf8.allSatisfy(\.isWhiteSpace) }
        let base64: Substring
        switch parts.count {
        case 1: base64 = parts[0]
        case 3 where parts[0].hasPrefix("BEGIN") && parts[0].hasSuffix(kind): base64 = parts[1]
        default: return nil
        }
        return [UInt8](base64: base64.utf8.filter { !$0.isWhiteSpace })
    }
}
