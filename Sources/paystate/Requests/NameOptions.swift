import ArgumentParser
import Daemon

/// The subject of `watch` and `poll`: `[ACCOUNT] ID`, or `[ACCOUNT]` with an option that says which kind of name it is.
struct NameOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The account, which may be omitted where it is clear, and the payment's id.",
            valueName: "account> <id"
        )
    )
    var words: [String] = []

    @Option(help: "The account, as an option.")
    var account: String?

    @Option(help: "eComCharge: a transaction, by its uid.")
    var uid: String?

    @Option(help: "eComCharge: a checkout, by its payment token.")
    var token: String?

    /// The account, if it is named, and the entity's name.
    func named(_ other: InstructionRequest.Name? = nil) throws -> (account: String?, name: InstructionRequest.Name) {
        let options = [uid.map { .uid($0) }, token.map { .token($0) }, other].compactMap(\.self)
        guard let thing = options.first ?? words.last.map({ .paymentID($0) }) else {
            throw ValidationError("name a payment by its id")
        }
        guard options.count <= 1, options.count + words.count <= 2 else {
            throw ValidationError("give one payment: an account, if needed, and an id")
        }
        let accounts = [account].compactMap(\.self) + (options.isEmpty ? words.dropLast() : words[...])
        guard accounts.count <= 1 else { throw ValidationError("name the account once") }
        return (accounts.first, thing)
    }
}
