import ArgumentParser
import ConfigurationFile
import Daemon
import Ledger
import Narration

/// The subject of `watch` and `poll`: `[ACCOUNT] ID`, or `[ACCOUNT]` with an option that says which kind of name it is.
struct NameOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The account, which may be left out if it is clear, and the payment's id.",
            valueName: "account> <id"
        )
    )
    var words: [String] = []

    @Option(help: "The account, as an option instead of the first word.")
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

extension Configuration.PublicConfiguration {
    /// The entities that the ledger knows by a name; `nil` if the ledger cannot be read.
    ///
    /// This only saves naming the account; users who may not read the ledger name it.
    func entities(named name: String, account: String? = nil) -> [EntityName]? {
        try? LedgerReader(at: LedgerLocation(database)).entities(named: name, account: account)
    }

    /// The account in question: the one named, else the only one, else the only one in which the entity is known.
    ///
    /// - Throws: an exit code, after reporting what to do.
    func account(_ named: String?, orWhereKnown entities: [EntityName], id: String) throws -> String {
        let known = accounts.map(\.name)
        if let named {
            guard known.contains(named) else {
                printError(UnknownAccount(name: named, known: known, place: "the configuration").description)
                throw SysExit.usage
            }
            return named
        }
        let places = Set(entities.map(\.account))
        if known.count == 1, let only = known.first { return only }
        if places.count == 1, let only = places.first { return only }
        let id = Terminal.harmless(id)
        if known.contains(id) {
            printError("«\(id)» is an account: name the payment too")
        } else if places.isEmpty {
            printError("which account? Use one of: \(UnknownAccount.list(known))")
        } else {
            printError("«\(id)» is known at several accounts. Use one of: \(places.sorted().joined(separator: ", "))")
        }
        throw SysExit.usage
    }
}
