import ConfigurationFile
import Daemon
import Ledger

extension Configuration.PublicConfiguration {
    /// The entities that the ledger knows by a name; `nil` if the ledger cannot be read.
    ///
    /// This only saves naming the account; users who may not read the ledger name it.
    func entities(named name: String, account: String? = nil) -> [EntityName]? {
        try? LedgerReader(at: database).entities(named: name, account: account)
    }

    /// The account in question: the one named, else the only one, else the only one in which the entity is known.
    ///
    /// - Throws: an exit code, after reporting what to do.
    func account(_ named: String?, orWhereKnown entities: [EntityName], id: String) throws -> String {
        let known = accounts.map(\.name)
        let list = known.isEmpty ? "none" : known.joined(separator: ", ")
        if let named {
            guard known.contains(named) else {
                printError("there is no account «\(Terminal.harmless(named))»; the configuration has: \(list)")
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
            printError("which account? Use one of: \(list)")
        } else {
            printError("«\(id)» is known at several accounts. Use one of: \(places.sorted().joined(separator: ", "))")
        }
        throw SysExit.usage
    }
}
