import Daemon
import Foundation
import GRDB
import Ledger
import Payments
import TestSupport

/// Checks what must hold for every ledger, whatever it recorded.
package struct LedgerOracle {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    /// - Throws: a ``Fault`` that names the violation.
    package func check() throws {
        try deriveAgain()
        try read()
    }

    /// Checks that everything follows from the stored evidence.
    package func deriveAgain() throws {
        let findings = try Rebuild(of: path) { $0.read() }.check()
        guard findings.areNone else {
            let shown = findings.differences.prefix(10).map {
                "\n\($0.table) \($0.key) \($0.column ?? ""): \($0.stored ?? "-") and not \($0.derived ?? "-")"
            }
            throw Fault(
                "\(findings.count) differences, \(findings.renumbered) renumbered, when derived again: \(shown.joined())"
            )
        }
    }

    /// Checks that everything can be read, and adds up.
    package func read() throws {
        let queue = try DatabaseQueue.reader(of: path)
        try queue.read { database in
            try readViews(database)
            try readQueries(database)
            try compareBooks(database)
            try compareOrders(database)
        }
        try queue.close()
        try readAsCommandsDo()
    }

    // MARK: Reading

    private func readViews(_ database: Database) throws {
        for view in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'view'") {
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM \(view)")
            while let row = try rows.next() {
                for (column, value) in row {
                    guard Self.isFit(value, for: column) else { throw Fault("\(view).\(column) is \(value)") }
                }
                if let amount = row["amount"] as String?, let minor = row["amount_minor"] as Int64?,
                    let currency = row["currency"] as String?, amount != Self.decimal(minor, currency)
                {
                    throw Fault("\(view): \(minor) \(currency) is written \(amount)")
                }
            }
        }
    }

    /// Whether a value fits its column: amounts are whole numbers, and times have a four-digit year, so that their
    /// texts sort by time.
    private static func isFit(_ value: DatabaseValue, for column: String) -> Bool {
        switch value.storage {
        case .null, .blob: true
        case .int64: !column.hasSuffix("_at")
        case .double: false
        case .string(let text): !column.hasSuffix("_minor") && (!column.hasSuffix("_at") || isTime(text))
        }
    }

    private static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
    }

    private static func decimal(_ minor: Int64, _ currency: String) -> String? {
        guard let exponent = Currency.exponents[currency] else { return nil }
        let digits = String(String(minor.magnitude).reversed())
        let padded = String((digits + String(repeating: "0", count: max(0, exponent + 1 - digits.count))).reversed())
        let point = exponent == 0 ? "" : "."
        return "\(minor < 0 ? "-" : "")\(padded.dropLast(exponent))\(point)\(padded.suffix(exponent))"
    }

    /// Runs the queries that the documentation shows and Datasette offers.
    private func readQueries(_ database: Database) throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../../systemd/reading/queries").standardized
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files {
            let sql = try String(contentsOf: file, encoding: .utf8)
            let arguments: [String: (any DatabaseValueConvertible)?] = [
                "reference": "order-1", "payment_id": "uid-1", "seq": 0, "from": nil,
            ]
            let statement = try database.makeStatement(sql: sql)
            statement.arguments = StatementArguments(arguments.filter { sql.contains(":\($0.key)") })
            let rows = try Row.fetchCursor(statement)
            while let row = try rows.next() {
                for (column, value) in row where !Self.isFit(value, for: column) {
                    throw Fault("\(file.lastPathComponent) says that \(column) is \(value)")
                }
            }
        }
    }

    private func readAsCommandsDo() throws {
        let reader = try LedgerReader(at: .file(path: path))
        _ = try reader.tally()
        _ = try reader.health()
        let filter = PaymentFilter(
            account: nil,
            state: nil,
            isOverdue: false,
            now: Timestamp(milliseconds: 0),
            limit: 1000
        )
        for payment in try reader.payments(filter) {
            _ = try reader.histories(named: payment.text("payment_id"), account: payment.text("account"))
        }
        guard try reader.standings().filter({ $0.operationID == nil }).allSatisfy(reader.foldOfTransitions().contains)
        else {
            throw Fault("a payment stands otherwise than its last transition says")
        }
    }

    // MARK: Books

    /// Checks that the entries of each payment add up to its balance, and to what it paid out.
    private func compareBooks(_ database: Database) throws {
        var booked: [Int64: Int128] = [:]
        let entries = try Row.fetchCursor(
            database,
            sql: "SELECT payment, moved_minor FROM transition WHERE moved_minor IS NOT NULL"
        )
        while let row = try entries.next() { booked[row[0], default: 0] += Int128(row[1] as Int64) }
        let payments = try Row.fetchCursor(
            database,
            sql: "SELECT id, payment_id, balance_minor, paid_out_minor, merged_into IS NOT NULL FROM payment"
        )
        while let row = try payments.next() {
            let isMerged: Bool = row[4]
            let balance = isMerged ? 0 : Int128(row[2] as Int64) - Int128(row[3] as Int64)
            guard booked[row[0], default: 0] == balance else {
                let name: String = row[1]
                throw Fault("\(name) has the balance \(balance), its entries come to \(booked[row[0], default: 0])")
            }
        }
    }

    /// Checks that an order has the totals of its real purchases, as far as 64 bits hold them: the purchases that the
    /// gateway assigns to it, and those that are watched under its name.
    private func compareOrders(_ database: Database) throws {
        struct Order: Hashable {
            let account: String
            let reference: String
            let currency: String?
        }
        var balances: [Order: Int128] = [:]
        let payments = try Row.fetchCursor(
            database,
            sql: """
                SELECT account.name, named.reference, currency, balance_minor FROM (
                    SELECT id, reference FROM payment
                    UNION SELECT id, watched_reference FROM payment
                    UNION SELECT payment.id, payments.reference FROM payments
                    JOIN account ON account.name = payments.account
                    JOIN payment ON payment.payment_id = payments.payment_id AND payment.account = account.id
                ) AS named
                JOIN payment ON payment.id = named.id AND merged_into IS NULL
                JOIN account ON account.id = payment.account
                WHERE purpose = 'purchase' AND test IS NOT 1 AND named.reference IS NOT NULL
                """
        )
        while let row = try payments.next() {
            balances[Order(account: row[0], reference: row[1], currency: row[2]), default: 0] += Int128(row[3] as Int64)
        }
        for (order, balance) in balances where balance != 0 {
            let shown = try Int64.fetchOne(
                database,
                sql: "SELECT balance_minor FROM orders WHERE account = ? AND reference = ? AND currency IS ?",
                arguments: [order.account, order.reference, order.currency]
            )
            guard shown == Int64(clamping: balance) else {
                throw Fault("order \(order.reference) is shown with \(shown as Any), its payments come to \(balance)")
            }
        }
    }
}
