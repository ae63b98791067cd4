package import Payments

/// A page of a list, the newest first.
package struct Page: Sendable {
    package let rows: [ViewRow]
    /// Where the next page begins; `nil` if there is none.
    package let next: PageKey?
    /// The search stopped here although the page is not full, because it had looked at as much as a request may: there
    /// may be more behind, and ``next`` goes on from here.
    package let searchedBackTo: Timestamp?

    package init(rows: [ViewRow], next: PageKey? = nil, searchedBackTo: Timestamp? = nil) {
        self.rows = rows
        self.next = next
        self.searchedBackTo = searchedBackTo
    }

    /// The most rows of a page.
    package static let largest = 200

    static func limit(_ wanted: Int) -> Int { min(max(wanted, 1), largest) }
}
