import Payments

/// Finds the payments of one page.
///
/// Payments are chosen from the table first, and the view is read for the chosen alone: both engines' planners push nothing
/// but literals and parameters into views.
struct PaymentLookup {
    /// How many payments are looked at for a page, step by step: the first steps usually fill it.
    private static let steps = [1000, 19_000]
    /// Whether a payment is paid only its view says.
    private static let stepsInView = Array(repeating: 500, count: 10)
    /// As many overdue payments are listed by the index of what is due, and sorted; more of them fill a page anyway.
    private static let fewOverdue = 5000

    private let search: PaymentSearch
    private let statements: any Statements
    private let limit: Int

    init(_ search: PaymentSearch, in statements: any Statements) {
        self.search = search
        self.statements = statements
        limit = Page.limit(search.limit)
    }

    func page() throws -> Page {
        guard let text = search.text, search.reference == nil else {
            guard name == nil else { return try page(after: search.before, besides: [], found) }
            let isListed = try search.isOverdue && isOverdueByFew()
            return try page(after: search.before, besides: [], isListed ? found : walked(card: nil))
        }
        let isOfCards = search.before?.isOfCards == true
        let named = isOfCards ? Page(rows: []) : try page(after: search.before, besides: [], found)
        guard named.next == nil, text.utf8.count == 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return named
        }
        let cards = try page(after: isOfCards ? search.before : nil, besides: named.rows, walked(card: text))
        let next = cards.next.map { PageKey(time: $0.time, number: $0.number, isOfCards: true) }
        return Page(rows: cards.rows, next: next, searchedBackTo: cards.searchedBackTo)
    }

    /// A row with its place in the order of the list.
    private struct PlacedRow {
        let place: PageKey
        let row: ViewRow

        init(_ row: Row) {
            place = PageKey(time: row[0], number: row[1])
            self.row = ViewRow(row, from: 2)
        }
    }

    /// What one step has found.
    private struct Step {
        let rows: [PlacedRow]
        /// Where the next step begins; `nil` if there is nothing left.
        let end: PageKey?
    }

    /// Fills a page step by step.
    ///
    /// - Parameter first: rows that are on the page already, before all others.
    private func page(
        after key: PageKey?,
        besides first: [ViewRow],
        _ look: (_ start: PageKey, _ size: Int, _ limit: Int) throws -> Step
    ) throws -> Page {
        let wanted = limit - first.count
        var start = beginning(after: key)
        var found: [PlacedRow] = []
        for size in search.isPaid == nil ? Self.steps : Self.stepsInView {
            let step = try look(start, size, wanted + 1 - found.count)
            found += step.rows
            let rows = first + found.prefix(wanted).map(\.row)
            if found.count > wanted {
                return Page(rows: rows, next: wanted > 0 ? found[wanted - 1].place : beginning(after: key))
            }
            guard let end = step.end else { return Page(rows: rows) }
            start = end
        }
        return Page(
            rows: first + found.map(\.row),
            next: start,
            searchedBackTo: Timestamp(milliseconds: start.time)
        )
    }

    /// The place before which a list begins.
    private func beginning(after key: PageKey?) -> PageKey {
        let key = key ?? .beginning
        guard let end = search.to.map({ $0.milliseconds.subtractingSaturated(1) }), end < key.time else { return key }
        return PageKey(time: end, number: .max)
    }

    /// The name by whose indexes payments are found.
    private var name: String? { search.text ?? search.reference }
    private var overdueBefore: Int64? { search.isOverdue ? search.now.milliseconds : nil }
    private var earliest: Int64 { search.from?.milliseconds ?? .min }

    private var filters: [any Bindable] {
        [search.account, search.state?.rawValue, search.purpose?.rawValue, search.isTest, overdueBefore]
    }

    // MARK: Walking back in time

    /// A step through payments in the order of their updates.
    ///
    /// - Parameter card: the last four digits of its number.
    private func walked(card: String?) -> (_ start: PageKey, _ size: Int, _ limit: Int) throws -> Step {
        { start, size, limit in
            let floor = try statements.row(Self.floor, [earliest, start.time, start.number, size - 1])
            let end = floor.map { PageKey(time: $0[0], number: $0[1]) }
            let place: [any Bindable] = [end?.time ?? earliest, end?.number ?? .min, start.time, start.number]
            let chosen = search.isPaid == nil ? limit : size
            let others: [any Bindable] = [card, search.isPaid, chosen, limit]
            let rows = try statements.rows(Self.walkedRows, place + filters + others)
            return Step(rows: rows.map(PlacedRow.init), end: end)
        }
    }

    /// The place of the last payment that a step looks at.
    private static let floor: StaticString = """
        SELECT updated_at, id FROM payment
        WHERE updated_at >= ?1 AND updated_at <= ?2 AND (updated_at < ?2 OR id < ?3)
        ORDER BY updated_at DESC, id DESC LIMIT 1 OFFSET ?4
        """

    private static let walkedRows: StaticString = """
        WITH chosen AS MATERIALIZED (
            SELECT (SELECT name FROM account WHERE account.id = payment.account) AS account,
                   payment.payment_id AS payment_id, updated_at AS place, id AS number
            FROM payment
            WHERE updated_at >= ?1 AND (updated_at > ?1 OR id >= ?2)
              AND updated_at <= ?3 AND (updated_at < ?3 OR id < ?4) AND merged_into IS NULL
              AND (payment.account = (SELECT id FROM account WHERE name = ?5) OR ?5 IS NULL)
              AND (state = ?6 OR ?6 IS NULL) AND (purpose = ?7 OR ?7 IS NULL)
              AND (coalesce(test, 0) = ?8 OR ?8 IS NULL)
              AND (next_poll_at < ?9 OR (?9 IS NULL) OR EXISTS (
                  SELECT 1 FROM operation WHERE operation.payment = payment.id AND operation.next_poll_at < ?9))
              AND (card_last_4 = ?10 AND id NOT IN (
                  SELECT id FROM payment WHERE payment_id = ?10
                  UNION SELECT id FROM payment WHERE reference = ?10
                  UNION SELECT id FROM payment WHERE watched_reference = ?10
                  UNION SELECT id FROM payment WHERE checkout_token = ?10
                  UNION SELECT payment FROM operation WHERE operation_id = ?10) OR ?10 IS NULL)
            ORDER BY updated_at DESC, id DESC LIMIT ?12)
        SELECT chosen.place, chosen.number, payments.*
        FROM chosen CROSS JOIN payments
        WHERE payments.account = chosen.account AND payments.payment_id = chosen.payment_id
          AND (payments.paid = ?11 OR ?11 IS NULL)
        ORDER BY chosen.place DESC, chosen.number DESC LIMIT ?13
        """

    // MARK: By their names

    /// A step through the payments that the search names, or else through those that are overdue.
    private func found(_ start: PageKey, _ size: Int, _ limit: Int) throws -> Step {
        let chosen = search.isPaid == nil ? limit : size
        let place: [any Bindable] = [earliest, start.time, start.number]
        let others: [any Bindable] = [name, chosen, search.reference]
        let rows = try statements.rows(Self.foundRows, place + filters + others).map(PlacedRow.init)
        let end = rows.count < chosen ? nil : rows.last?.place
        guard let isPaid = search.isPaid else { return Step(rows: rows, end: end) }
        return Step(rows: rows.filter { $0.row["paid"] == .integer(isPaid ? 1 : 0) }, end: end)
    }

    private static let foundRows: StaticString = """
        WITH chosen AS MATERIALIZED (
            SELECT (SELECT name FROM account WHERE account.id = payment.account) AS account,
                   payment.payment_id AS payment_id, updated_at AS place, id AS number
            FROM payment
            WHERE id IN (
                SELECT id FROM payment WHERE payment_id = ?9
                UNION SELECT id FROM payment WHERE reference = ?9
                UNION SELECT id FROM payment WHERE watched_reference = ?9
                UNION SELECT id FROM payment WHERE checkout_token = ?9
                UNION SELECT payment FROM operation WHERE operation_id = ?9
                UNION SELECT id FROM payment
                      WHERE account IN (SELECT id FROM account) AND next_poll_at < ?8 AND ?9 IS NULL
                UNION SELECT payment FROM operation
                      WHERE account IN (SELECT id FROM account) AND next_poll_at < ?8 AND ?9 IS NULL)
              AND updated_at >= ?1 AND updated_at <= ?2 AND (updated_at < ?2 OR id < ?3) AND merged_into IS NULL
              AND (payment.account = (SELECT id FROM account WHERE name = ?4) OR ?4 IS NULL)
              AND (state = ?5 OR ?5 IS NULL) AND (purpose = ?6 OR ?6 IS NULL)
              AND (coalesce(test, 0) = ?7 OR ?7 IS NULL)
              AND (next_poll_at < ?8 OR (?8 IS NULL) OR EXISTS (
                  SELECT 1 FROM operation WHERE operation.payment = payment.id AND operation.next_poll_at < ?8))
              AND (reference = ?11 OR watched_reference = ?11 OR checkout_token = ?11 OR payment_id = ?11
                   AND payment.account IN (SELECT id FROM account WHERE folded = 0) OR ?11 IS NULL)
            ORDER BY updated_at DESC, id DESC LIMIT ?10)
        SELECT chosen.place, chosen.number, payments.*
        FROM chosen CROSS JOIN payments
        WHERE payments.account = chosen.account AND payments.payment_id = chosen.payment_id
        ORDER BY chosen.place DESC, chosen.number DESC
        """

    private func isOverdueByFew() throws -> Bool {
        let count = try statements.number(
            """
            SELECT (SELECT count(*) FROM (SELECT 1 FROM payment
                    WHERE account IN (SELECT id FROM account) AND next_poll_at < ?1 LIMIT 5001) AS payments)
                   + (SELECT count(*) FROM (SELECT 1 FROM operation
                      WHERE account IN (SELECT id FROM account) AND next_poll_at < ?1 LIMIT 5001) AS operations)
            """,
            [search.now.milliseconds]
        )
        return (count ?? 0) <= Self.fewOverdue
    }
}
