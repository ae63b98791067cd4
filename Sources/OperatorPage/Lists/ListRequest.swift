import Ledger
package import Payments
import Telemetry

/// What a page's query asks for.
struct ListRequest {
    /// The rows of a page.
    static let limit = 50

    let path: String
    let form: FormFields
    private(set) var problems: [String] = []
    let before: PageKey?

    /// - Parameter names: the fields that the search consists of.
    init(_ path: String, _ form: FormFields, _ names: [String]) {
        self.path = path
        self.form = form
        let key = form["before"]
        before = key.flatMap(PageKey.init)
        if key != nil, before == nil {
            problems.append("This place in the list is not known; the list is shown from its beginning.")
        }
        // The message of a button, and the place in the list, are ours.
        let unknown = form.names.subtracting(names + ["before", "message"]).sorted()
        for name in unknown.prefix(5) {
            problems.append(
                """
                «\(name.cut(to: 80))» is not known here: it was left out of the search. Known are \
                \(names.joined(separator: ", ")).
                """
            )
        }
    }

    /// A field that has a closed set of values; anything else is reported.
    mutating func value<Value: RawRepresentable<String>>(_ name: String, as type: Value.Type) -> Value? {
        guard let text = form[name] else { return nil }
        if let value = Value(rawValue: text) { return value }
        problems.append("«\(text.cut(to: 80))» is not a value of \(name); it was left out of the search.")
        return nil
    }

    mutating func flag(_ name: String) -> Bool? {
        switch form[name] {
        case nil: return nil
        case "yes": return true
        case "no": return false
        case .some(let text):
            problems.append("\(name) is yes or no, not «\(text.cut(to: 80))»; it was left out of the search.")
            return nil
        }
    }

    /// A time in UTC: `2026-11-22`, `2026-11-22T10:00Z` or longer.
    mutating func time(_ name: String) -> Timestamp? {
        guard let text = form[name] else { return nil }
        if let time = Timestamp(typed: text) { return time }
        problems.append("«\(text.cut(to: 80))» is not a time such as 2026-11-22T10:00Z; it was left out of the search.")
        return nil
    }

    /// The pages before and behind this one.
    ///
    /// - Parameter names: the fields that the search consists of.
    func pager(of page: Page, _ names: [String]) -> Listing.Pager? {
        let fields = names.map { ($0, form[$0]) }
        guard page.next != nil || before != nil else { return nil }
        var pager = Listing.Pager()
        pager.searchedBackTo = page.searchedBackTo.map(ShownTime.init)
        if before != nil { pager.first = TableView.Link(href: PagePath.list(path, fields), name: "To the newest") }
        pager.further = page.next.map { next in
            TableView.Link(
                href: PagePath.list(path, fields + [("before", next.description)]),
                name: page.searchedBackTo == nil ? "Older ones" : "Search further back"
            )
        }
        return pager
    }

    /// Whether anything is searched for at all.
    func isSearch(_ names: [String]) -> Bool { names.contains { form[$0] != nil } }

    /// What was searched, in words: `account by-shop, state pending`.
    func words(_ names: [String]) -> String {
        names.compactMap { name in form[name].map { "\(name) «\($0.cut(to: 80))»" } }.joined(separator: ", ")
    }
}

extension Timestamp {
    /// A time that a person typed, or a date picker: a day, or a day and a time of day, in UTC.
    package init?(typed text: String) {
        let least = "0000-01-01T00:00:00.000Z"
        let typed = String((text.hasSuffix("Z") ? text.dropLast() : text[...]).map { $0 == " " ? "T" : $0 })
        guard [10, 16, 19, 23].contains(typed.count),
            let time = Timestamp(viewed: typed + least.dropFirst(typed.count)), time.text.hasPrefix(typed)
        else { return nil }
        self = time
    }
}
