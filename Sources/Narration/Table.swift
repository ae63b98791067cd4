package import Ledger

/// Formats rows for people: aligned columns, with coloured states on a terminal.
package struct Table {
    package let titles: [String]
    package let rows: [[String]]
    /// The column that holds a state.
    package let stateColumn: Int?

    package init(titles: [String], rows: [[String]], stateColumn: Int?) {
        self.titles = titles
        self.rows = rows
        self.stateColumn = stateColumn
    }

    static func of(payments rows: [ViewRow]) -> Table {
        Table(
            titles: ["UPDATED", "ACCOUNT", "PAYMENT", "REFERENCE", "STATE", "STATUS", "AMOUNT", "NEXT POLL"],
            rows: rows.map { row in
                [
                    row.text("updated_at"), row.text("account"), row.text("payment_id"), row.text("reference"),
                    row.text("state"), row.text("status"), row.money, row.text("next_poll_at"),
                ]
            },
            stateColumn: 4
        )
    }

    /// What a person looks for first in a list of payments; the account only where there is more than one.
    static func brief(of payments: [ViewRow]) -> Table {
        let hasAccounts = Set(payments.map { $0.text("account") }).count > 1
        let titles = ["UPDATED (UTC)", "PAYMENT", "STATE", "AMOUNT", "REFERENCE"]
        let rows = payments.map { row -> [String] in
            let cells = [
                row.minute("updated_at"), row.text("payment_id"), row.text("state"), row.money, row.text("reference"),
            ]
            return hasAccounts ? cells + [row.text("account")] : cells
        }
        return Table(titles: hasAccounts ? titles + ["ACCOUNT"] : titles, rows: rows, stateColumn: 2)
    }

    static func of(operations rows: [ViewRow]) -> Table {
        Table(
            titles: ["OPERATION", "TYPE", "STATE", "STATUS", "AMOUNT", "CODE", "GATEWAY TIME"],
            rows: rows.map { row in
                [
                    row.text("operation_id"), row.text("type"), row.text("state"), row.text("status"), row.money,
                    row.text("code"), row.text("gateway_updated_at"),
                ]
            },
            stateColumn: 2
        )
    }

    package func text(colours: Bool) -> String {
        let cells = [titles] + rows.map { $0.map(Terminal.harmless) }
        let widths = Self.widths(of: cells)
        return cells.enumerated().map { index, row in
            row.indices.map { column in
                let cell = row[column].padded(to: widths[column])
                return index > 0 && column == stateColumn ? Terminal.coloured(cell, in: colours) : cell
            }.joined(separator: "  ").trimmedAtEnd
        }.joined(separator: "\n")
    }

    /// The width of each column: that of its widest cell.
    private static func widths(of cells: [[String]]) -> [Int] {
        (cells.first ?? []).indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    }
}

extension Table {
    /// The narrowest that a column becomes before columns are left out.
    private static let leastWidth = 7

    /// The table made narrower until it fits: the widest column gives way first, and if that is not enough, the last
    /// columns are left out.
    ///
    /// - Parameters:
    ///   - width: the characters per line.
    ///   - columns: those that may be shortened or left out. The others stay as they are: half an amount would mislead.
    /// - Returns: the table, and whether anything is missing in it.
    package func fitted(to width: Int, shortening columns: Set<Int>) -> (table: Table, isShortened: Bool) {
        let cells = rows.map { $0.map(Terminal.harmless) }
        var widths = Self.widths(of: [titles] + cells)
        let least = titles.indices.map { column in
            columns.contains(column) ? min(widths[column], max(Self.leastWidth, titles[column].count)) : widths[column]
        }
        var count = titles.count
        while columns.contains(count - 1), Self.lineWidth(least.prefix(count)) > width { count -= 1 }
        while Self.lineWidth(widths.prefix(count)) > width {
            let shrinkable = (0..<count).filter { widths[$0] > least[$0] }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        let isCut = cells.contains { row in (0..<count).contains { row[$0].count > widths[$0] } }
        let fitting = cells.map { row in (0..<count).map { row[$0].shortened(to: widths[$0]) } }
        let table = Table(titles: Array(titles.prefix(count)), rows: fitting, stateColumn: stateColumn)
        return (table, isCut || count < titles.count)
    }

    /// The width of a line: its columns, and two spaces between them.
    private static func lineWidth(_ widths: ArraySlice<Int>) -> Int {
        widths.reduce(0, +) + 2 * max(0, widths.count - 1)
    }
}

extension ViewRow {
    fileprivate var money: String {
        let amount = text("amount").isEmpty ? text("amount_minor") : text("amount")
        return amount.isEmpty ? "" : "\(amount) \(text("currency"))"
    }
}

extension String {
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// Shortened in the middle, because the beginning and the end of an id tell most.
    func shortened(to width: Int) -> String {
        guard count > width else { return self }
        let tail = max(0, width - 1) / 2
        return "\(prefix(max(0, width - 1 - tail)))…\(suffix(tail))"
    }

    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// A list of payments, for people.
package struct PaymentTable {
    private let table: Table
    /// Whether a value is shortened, or a column left out, because there is no room for it.
    package let isShortened: Bool

    /// The columns that a person looks for first, within so many characters per line.
    package init(_ payments: [ViewRow], width: Int) {
        // The ids and names: payment, reference and account.
        (table, isShortened) = Table.brief(of: payments).fitted(to: width, shortening: [1, 4, 5])
    }

    /// All columns, in full.
    package init(whole payments: [ViewRow]) {
        table = Table.of(payments: payments)
        isShortened = false
    }

    package func text(colours: Bool) -> String { table.text(colours: colours) }
}
