/// A list with its search, as the template `listing` shows it.
struct Listing: PageView {
    struct Option {
        let value: String
        let shown: String
        let isChosen: Bool
    }

    struct Choice {
        let options: [Option]
    }

    struct Entry {
        let type: String
        let value: String
        let isTime: Bool
    }

    struct Field {
        let id: String
        let label: String
        let isLong: Bool
        let choice: Choice?
        let entry: Entry?

        /// - Parameter otherwise: what the choice of none of the values is called; `nil` if one has to be chosen.
        static func choice(
            _ id: String,
            _ label: String,
            _ values: [String],
            chosen: String?,
            otherwise: String? = "any"
        ) -> Field {
            let none = otherwise.map { [Option(value: "", shown: $0, isChosen: chosen == nil)] } ?? []
            // A value that is no longer there stays visible, rather than that another seems chosen.
            let stray = chosen.map { values.contains($0) ? [] : [$0] } ?? []
            let options = (values + stray).map { Option(value: $0, shown: $0.cut(to: 80), isChosen: $0 == chosen) }
            return Field(id: id, label: label, isLong: false, choice: Choice(options: none + options), entry: nil)
        }

        static func text(_ id: String, _ label: String, _ value: String?) -> Field {
            let entry = Entry(type: "search", value: value ?? "", isTime: false)
            return Field(id: id, label: label, isLong: true, choice: nil, entry: entry)
        }

        static func time(_ id: String, _ label: String, _ value: String?) -> Field {
            let entry = Entry(type: "text", value: value ?? "", isTime: true)
            return Field(id: id, label: label, isLong: false, choice: nil, entry: entry)
        }
    }

    /// A state without rows: what that means, and what to do.
    struct Nothing {
        let what: String
        let advice: String?
    }

    struct Pager {
        var searchedBackTo: ShownTime?
        var first: TableView.Link?
        var further: TableView.Link?
    }

    let template = PageTemplate.listing
    let heading: String
    let lead: String
    let path: String
    let formName: String
    let fields: [Field]
    let search: String
    let clear: TableView.Link?
    /// What of the search cannot be used.
    let problems: [String]
    let table: TableView?
    let nothing: Nothing?
    let pager: Pager?
}

extension Listing.Option: FrequentView {
    package static let members: Members = [
        "value": { $0.value }, "shown": { $0.shown }, "isChosen": { $0.isChosen },
    ]
}
