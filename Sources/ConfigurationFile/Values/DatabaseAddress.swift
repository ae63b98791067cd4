/// Where the ledger is: in a file of SQLite, or in a database on a PostgreSQL server.
package enum DatabaseAddress: Sendable, Hashable {
    case file(String)
    /// A URL as libpq takes it, without a password; `nil` if the server asks for none, or libpq knows it from elsewhere
    /// (`PGPASSWORD`, a password file).
    case postgreSQL(url: String, password: String?)
}

extension DatabaseAddress {
    /// Parses a path or a URL.
    ///
    /// A mistyped URL is never taken for a path: the daemon would begin an empty ledger in a file of that name.
    package init(_ text: String) throws(InvalidValue) {
        guard Self.isMeantForServer(text) else {
            self = .file(text)
            return
        }
        _ = try PostgreSQLURL(text)
        self = .postgreSQL(url: text, password: nil)
    }

    /// Whether it has a scheme, or is libpq's other form of an address: `host=db1 dbname=paystate`.
    private static func isMeantForServer(_ text: String) -> Bool {
        let scheme = text.prefix { $0 != ":" && $0 != "/" }
        let keyword = text.prefix { $0 != "=" }
        let afterScheme = text.dropFirst(scheme.count)
        // Wherever it stands: `jdbc:postgresql://` may hold a password as well, which must not be shown as a path.
        return text.contains("://")
            || afterScheme.hasPrefix(":") && ["postgres", "postgresql"].contains(scheme.lowercased())
            || keyword.count < text.count && keywords.contains(String(keyword))
    }

    private static let keywords = ["host", "hostaddr", "port", "dbname", "user", "password", "service", "sslmode"]

    /// `nil` also for a file.
    var password: String? {
        switch self {
        case .file: nil
        case .postgreSQL(_, let password): password
        }
    }

    /// What dated copies are named after: the path of the file, or the database's name on the server.
    package var nameForCopies: String {
        switch self {
        case .file(let path): return path
        case .postgreSQL(let url, _):
            // Only a valid URL becomes an address; another one would be named like one without a name.
            let name = (try? PostgreSQLURL(url))?.database ?? "paystate"
            return String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) || "_-".contains($0) ? $0 : "_" })
        }
    }
}

/// Hides the password: print, dump and debugger show only the path or the URL.
extension DatabaseAddress: CustomStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .file(let path): path
        case .postgreSQL(let url, _): url
        }
    }

    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
