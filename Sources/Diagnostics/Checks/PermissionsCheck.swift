import ConfigurationFile

/// Checks who may read and write the database.
package struct PermissionsCheck {
    package static let name = "permissions"

    package static func finding(database: String) -> Finding {
        guard let file = FileStatus(of: database) else {
            return Finding(name, .skipped, "\(database) cannot be examined by this user")
        }
        let folder = database.lastIndex(of: "/").map { String(database[...$0]) } ?? "."
        let companions = ["-wal", "-shm"].map { (path: database + $0, status: FileStatus(of: database + $0)) }
        let seen = "\(database) is \(octal(file.mode)) \(file.owner):\(file.group)"
        if file.mode & 0o002 != 0 || FileStatus(of: folder).map({ $0.mode & 0o1002 == 0o002 }) == true {
            return Finding(
                name,
                .failure,
                "\(seen): every user may write it, or its folder",
                advice: "chmod o-w \(database) \(folder)"
            )
        }
        if let other = companions.first(where: { $0.status.map { $0.owner != file.owner } == true }) {
            let owner = other.status?.owner ?? ""
            let advice =
                "a program of \(owner) opened it for writing: end it, then chown \(file.owner):\(file.group) \(other.path)"
            return Finding(name, .failure, "\(other.path) belongs to \(owner), not to \(file.owner)", advice: advice)
        }
        if file.mode & 0o004 != 0 {
            let advice = "it holds what the gateways report about buyers: chmod o-r \(database)*"
            return Finding(name, .warning, "\(seen): every user may read it", advice: advice)
        }
        if file.mode & 0o020 != 0 {
            let advice = "only one program may write to it: chmod g-w \(database)*"
            return Finding(name, .warning, "\(seen): its group may write it", advice: advice)
        }
        if file.mode & 0o040 == 0 {
            return Finding(name, .warning, "\(seen): its group may not read it", advice: "chmod g+r \(database)*")
        }
        if let missing = companions.first(where: { $0.status == nil }) {
            let advice = """
                users with read access only cannot open the database without it: start the daemon, which creates it
                """
            return Finding(name, .warning, "\(missing.path) is missing", advice: advice)
        }
        return Finding(name, .ok, seen)
    }

    static func octal(_ mode: Int) -> String { "0" + String(mode, radix: 8) }
}
