import Ledger

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
