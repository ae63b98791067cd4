/// Checks which SQLite this program is linked to.
package struct SQLiteCheck {
    package static let name = "SQLite"

    /// - Parameter version: Such as `3.40.1`.
    package static func finding(version: String) -> Finding {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 3 else { return Finding(name, .skipped, "its version «\(version)» cannot be parsed") }
        guard parts.lexicographicallyPrecedes([3, 51, 3]) else { return Finding(name, .ok, version) }
        let advice = """
            before 3.51.3 a database can be damaged when one connection empties the write-ahead log while another \
            commits; Paystate is safe from it, because a single connection does both, as long as no other program \
            writes to the file or checkpoints it: let them open it with mode=ro
            """
        return Finding(name, .ok, version, advice: advice)
    }
}
