/// A table as the template `table` shows it.
struct TableView {
    struct Column {
        let heading: String
        let isNumber: Bool

        static func text(_ heading: String) -> Column { Column(heading: heading, isNumber: false) }
        static func number(_ heading: String) -> Column { Column(heading: heading, isNumber: true) }
    }

    struct Link {
        let href: String
        let name: String
    }

    struct Button {
        let action: String
        let token: String
        let verb: String
    }

    /// What stands in a cell.
    enum Content {
        case text(String, note: String? = nil)
        case number(Int64?)
        case link(String, to: String, note: String? = nil, alarm: Badge? = nil)
        case badge(Badge, note: String? = nil)
        case time(ShownTime?)
        case money(ShownMoney?)
        case button(Button?)
    }

    struct Cell {
        let tag: String
        let isHead: Bool
        let label: String
        let kind: String
        private(set) var link: Link?
        private(set) var badge: Badge?
        private(set) var alarm: Badge?
        private(set) var time: ShownTime?
        private(set) var plain: String?
        private(set) var sum: ShownMoney?
        private(set) var note: String?
        private(set) var button: Button?
    }

    struct Row {
        let cells: [Cell]
    }

    let caption: String
    /// What the rows are sorted by.
    let order: String
    let columns: [Column]
    let rows: [Row]

    /// - Parameter rows: as many cells as columns each; the first is the row's heading.
    init(_ caption: String, order: String, _ columns: [Column], _ rows: [[Content]]) {
        self.caption = caption
        self.order = order
        self.columns = columns
        self.rows = rows.map { contents in
            Row(cells: zip(columns, contents).enumerated().map { Cell($1.1, in: $1.0, isHead: $0 == 0) })
        }
    }
}

extension TableView.Cell {
    /// So much of a text is shown in a cell.
    private static let room = 120

    fileprivate init(_ content: TableView.Content, in column: TableView.Column, isHead: Bool) {
        tag = isHead ? "th" : "td"
        self.isHead = isHead
        label = column.heading
        var kind = column.isNumber ? "number" : ""
        switch content {
        case .number(.none), .time(.none), .money(.none), .button(.none): kind += " empty"
        case .text(let text, let note):
            plain = text.isEmpty ? nil : text.cut(to: Self.room)
            self.note = note?.cut(to: Self.room)
            if text.utf8.count > 24 { kind += " wide" }
            if text.isEmpty, note == nil { kind += " empty" }
        case .number(.some(let number)): plain = String(number)
        case .link(let name, let href, let note, let alarm):
            link = TableView.Link(href: href, name: name.cut(to: Self.room))
            self.alarm = alarm
            self.note = note?.cut(to: Self.room)
        case .badge(let badge, let note):
            self.badge = badge
            self.note = note?.cut(to: Self.room)
        case .time(.some(let time)): self.time = time
        case .money(.some(let sum)): self.sum = sum
        case .button(.some(let button)):
            self.button = button
            kind += " act"
        }
        self.kind = kind
    }
}

extension TableView.Row: FrequentView {
    package static let members: Members = ["cells": { $0.cells }]
}

extension TableView.Cell: FrequentView {
    package static let members: Members = [
        "tag": { $0.tag }, "isHead": { $0.isHead }, "label": { $0.label }, "kind": { $0.kind },
        "link": { $0.link }, "badge": { $0.badge }, "alarm": { $0.alarm }, "time": { $0.time },
        "plain": { $0.plain }, "sum": { $0.sum }, "note": { $0.note }, "button": { $0.button },
    ]
}

extension TableView.Link: FrequentView {
    package static let members: Members = ["href": { $0.href }, "name": { $0.name }]
}
