import Gateways

extension ConfigurationReader {
    /// Where the ledger is; a path is resolved against the file's folder.
    mutating func database(_ item: YAMLValue) -> DatabaseAddress? {
        let wanted = "the path of a file or a postgresql:// URL (in quotes, if YAML reads it as something else)"
        guard let address = parsed(item, wanted, DatabaseAddress.init) else { return nil }
        switch address {
        case .file(let text): return .file(path(text))
        case .postgreSQL(let url, _):
            // It was parsed just now, so it is valid.
            if (try? PostgreSQLURL(url))?.isUnprotected == true {
                warn(
                    item,
                    """
                    nothing ensures that the connection is encrypted, nor that the right server is at its other end: \
                    add sslmode=verify-full, and sslrootcert=FILE for an authority of your own
                    """
                )
            }
            return address
        }
    }

    /// Adds the password to the address of a server.
    mutating func readPassword(_ item: YAMLValue, into database: inout DatabaseAddress) {
        // If the address itself is refused, nobody knows whether a password goes with it.
        guard !problems.contains(where: { $0.key == "database" }) else { return }
        guard case .postgreSQL(let url, _) = database else {
            refuse(item, "is for a PostgreSQL server: write its URL under `database`, or remove the key")
            return
        }
        database = .postgreSQL(url: url, password: password(item))
    }

    private mutating func password(_ item: YAMLValue) -> String? {
        var reader = self
        let secret = reader.secret(item, position: 1)
        if canLackPassword, secret == nil, reader.problems.dropFirst(problems.count).allSatisfy(\.isOfSession) {
            return nil
        }
        self = reader
        guard let secret else { return nil }
        guard let text = String(validating: secret.bytes, as: UTF8.self), !text.utf8.contains(0) else {
            refuse(item, "the password is not UTF-8, or holds a NUL: libpq cannot pass it on")
            return nil
        }
        return text
    }
}
