import GRDB

extension LedgerReader {
    /// The chronicles of all that a word names: a payment by its id, reference, token or one of its operations; a checkout that
    /// led to no payment yet, by its token or reference; a subscription.
    package func chronicles(named name: String, account: String?) throws -> [Chronicle] {
        try read { database in
            try ChronicleSubject.found(by: name, account: account, in: database).map { try $0.chronicle(in: database) }
        }
    }
}
