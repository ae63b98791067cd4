import Ledger

/// Formats rows for people: aligned columns, with coloured states on a terminal.
struct Table {
    let titles: [String]
    let rows: [[String]]
    /// The column that holds a state.
    let stateColumn: Int?

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

    func text(colours: Bool) -> String {
        let cells = [titles] + rows.map { $0.map(Terminal.harmless) }
        let widths = titles.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.enumerated().map { index, row in
            row.indices.map { column in
                let cell = row[column].padded(to: widths[column])
                return index > 0 && column == stateColumn ? Terminal.coloured(cell, in: colours) : cell
            }.joined(separator: "  ").trimmedAtEnd
        }.joined(separator: "\n")
    }
}

extension ViewRow {
    fileprivate var money: String {
        let amount = text("amount").isEmpty ? text("amount_minor") : text("amount")
        return amount.isEmpty ? "" : "\(amount) \(text("currency"))"
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
