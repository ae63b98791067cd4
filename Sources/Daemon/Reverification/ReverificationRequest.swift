/// What is to be judged again: the JSON body of `POST /v1/reverify`, which may be empty.
package struct ReverificationRequest: Codable, Sendable {
    /// Of this account alone; `nil`: of all.
    package let account: String?

    package init(account: String?) {
        self.account = account
    }

    init(body: [UInt8]) throws(InstructionRefusal) {
        let fields = body.isEmpty ? [:] : try InstructionRequest.fields(in: body)
        if let unknown = fields.keys.filter({ $0 != "account" }).min() {
            throw .unknownKey(unknown, known: ["account"])
        }
        account = try InstructionRequest.name(fields["account"], "account")
    }
}
