import Payments

/// The targets by what makes them the same, read once: they change only when the configuration does.
struct TargetRows: Sendable {
    /// A target with its row number.
    struct Target: Sendable {
        let row: Int64
        /// notify: the rows of the accounts of whose transitions it is told; `nil`: of all.
        let accounts: Set<Int64>?
    }

    private var targets: [DeliveryTarget.ID: Target] = [:]
    /// The targets of each account's callbacks, in the order in which they were added.
    private var forwards: [Int64: [Int64]] = [:]
    /// Whether any target is told of transitions.
    private(set) var areNotified = false

    init() {}

    /// Ensures that each target has a row, which keeps its waiting callbacks or its cursor under its name.
    ///
    /// - Parameter configured: `nil` if the configuration is not read now: then the targets stay as they are.
    init(_ configured: [DeliveryTarget]?, of accounts: AccountRows, in statements: any Statements) throws {
        guard let configured else {
            try read(in: statements)
            return
        }
        try statements.execute("UPDATE target SET configured = 0 WHERE configured = 1")
        for target in configured {
            let account = try target.id.account.map { try accounts.row(of: $0).id }
            let row = try Self.lay(target, of: account, in: statements)
            let named = target.accounts.isEmpty ? nil : Set(target.accounts.compactMap { accounts[$0]?.id })
            add(target.id, Target(row: row, accounts: named), of: account)
        }
    }

    subscript(id: DeliveryTarget.ID) -> Target? { targets[id] }

    /// The rows of the targets that an account's callbacks are passed on to.
    func forwards(of account: AccountRow) -> [Int64] {
        forwards.isEmpty ? [] : forwards[account.id] ?? []
    }

    /// The number of a target's row, whether or not it is configured; `nil` if there never was such a target.
    static func row(of target: DeliveryTarget.ID, in statements: any Statements) throws -> Int64? {
        try statements.number(
            """
            SELECT id FROM target WHERE kind = ?1 AND name = ?2
              AND account IS NOT DISTINCT FROM (SELECT id FROM account WHERE name = ?3)
            """,
            [target.kind.rawValue, target.name, target.account]
        )
    }

    private mutating func read(in statements: any Statements) throws {
        let rows = try statements.rows(
            """
            SELECT target.id, kind, account, account.name, target.name FROM target
            LEFT JOIN account ON account.id = target.account WHERE configured = 1 ORDER BY target.id
            """
        )
        for row in rows {
            // The schema allows no third kind.
            guard let kind = DeliveryTarget.Kind(rawValue: row[1]) else { continue }
            let id = DeliveryTarget.ID(kind: kind, account: row[3], name: row[4])
            add(id, Target(row: row[0], accounts: nil), of: row[2])
        }
    }

    private mutating func add(_ id: DeliveryTarget.ID, _ target: Target, of account: Int64?) {
        targets[id] = target
        if let account { forwards[account, default: []].append(target.row) } else { areNotified = true }
    }

    private static func lay(_ target: DeliveryTarget, of account: Int64?, in statements: any Statements) throws -> Int64
    {
        let known = try statements.number(
            "SELECT id FROM target WHERE kind = ? AND account IS NOT DISTINCT FROM ? AND name = ?",
            [target.id.kind.rawValue, account, target.id.name]
        )
        if let known {
            try statements.execute("UPDATE target SET url = ?, configured = 1 WHERE id = ?", [target.url, known])
            return known
        }
        let id = try statements.number("SELECT coalesce(max(id), 0) + 1 FROM target") ?? 1
        var cursor: Int64?
        if target.id.kind == .notify {
            let last = try statements.number("SELECT coalesce(max(seq), 0) FROM transition") ?? 0
            cursor = target.from.map { min(last, max(0, $0 - 1)) } ?? last
        }
        try statements.execute(
            "INSERT INTO target (id, kind, account, name, url, configured, cursor_seq) VALUES (?, ?, ?, ?, ?, 1, ?)",
            [id, target.id.kind.rawValue, account, target.id.name, target.url, cursor]
        )
        return id
    }
}
