import ConfigurationFile
import Ledger
import Narration

/// The answer to a name that is no account's.
struct UnknownAccount: CustomStringConvertible {
    let name: String
    let known: [String]
    /// What has the known accounts: the configuration or the database.
    let place: String

    var description: String {
        let suggestion = Spelling.closest(to: name, in: known).map { " (did you mean \($0)?)" } ?? ""
        return "there is no account «\(Terminal.harmless(name))»\(suggestion); \(place) has: \(Self.list(known))"
    }

    static func list(_ known: [String]) -> String { known.isEmpty ? "none" : known.joined(separator: ", ") }
}

extension LedgerReader {
    /// Exits with 64 (EX_USAGE) if a name is no account's, after reporting which accounts there are.
    ///
    /// An empty list would say that the account has no payments.
    func expectAccount(_ name: String?) throws {
        guard let name else { return }
        let known = try accountNames()
        guard !known.contains(name) else { return }
        printError(UnknownAccount(name: name, known: known, place: "the database").description)
        throw SysExit.usage
    }
}
