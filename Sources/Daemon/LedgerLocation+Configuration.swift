package import ConfigurationFile
package import Ledger

extension LedgerLocation {
    /// Where the configuration says that the ledger is.
    package init(_ address: DatabaseAddress) {
        switch address {
        case .file(let path): self = .file(path: path)
        case .postgreSQL(let url, let password): self = .postgreSQL(PostgreSQLAddress(url: url, password: password))
        }
    }
}
