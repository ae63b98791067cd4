import Ledger
import LosslessJSON
import Telemetry

extension JSON {
    /// A row with the names of its view.
    init(_ row: ViewRow) {
        self = .object(row.columns.map { Member($0.name, JSON($0.value)) })
    }

    init(_ rows: [ViewRow]) {
        self = .array(rows.map { JSON($0) })
    }

    private init(_ value: ViewRow.Value) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .text(let text): .string(text)
            }
    }

    init(_ name: String, _ page: Page) {
        self = .object([
            Member(name, JSON(page.rows)), Member("next", .text(page.next?.description)),
            Member("searched_back_to", .text(page.searchedBackTo?.text)),
        ])
    }

    init(_ name: String, _ feed: Feed) {
        self = .object([Member(name, JSON(feed.rows)), Member("next", .integer(feed.upTo))])
    }
}
