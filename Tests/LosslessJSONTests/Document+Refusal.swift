import LosslessJSON

extension Document {
    /// Why an input is refused; `nil` if it is accepted.
    static func refusal(of bytes: [UInt8]) -> SyntaxError? {
        do {
            _ = try Document(bytes)
            return nil
        } catch {
            return error
        }
    }

    static func refusal(of json: String) -> SyntaxError? {
        refusal(of: Array(json.utf8))
    }
}
