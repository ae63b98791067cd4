/// What has been read for a batch before it was needed, in two round trips instead of several for each callback: the
/// numbers of what callbacks name, and then the rows.
///
/// A result is used once, and only as long as no statement since may have changed it. Which statements change what is told
/// for those that every callback runs; any other that writes has everything forgotten. So what is remembered is what the
/// server would answer.
final class ReadAhead {
    private struct Key: Hashable {
        let sql: UnsafePointer<UInt8>
        let values: [SQLValue]

        init(_ sql: StaticString, _ values: [SQLValue]) {
            self.sql = sql.utf8Start
            self.values = values
        }
    }

    /// Locks the one row that every writer locks first.
    private static let lock: StaticString = "SELECT schema, history FROM ledger WHERE id = 1 FOR UPDATE"

    private var known: [Key: [Row]] = [:]

    /// Locks the ledger, and reads what a batch will need.
    ///
    /// - Returns: the locked row; `nil` if there is none.
    func read(
        _ expected: [(reads: ExpectedReads, account: AccountRow)],
        on connection: PostgreSQLConnection
    ) throws -> Row? {
        removeAll()
        var queries = Queries()
        // The lock comes first: what is read after it is what its last holder has committed.
        queries.add(Self.lock, [])
        let counters = [
            CallbackRows.nextNumber, RowNumbers.nextPaymentNumber, RowNumbers.nextTransitionNumber, RowNumbers.lastTime,
            ScheduleRows.lastOne,
        ]
        for counter in counters { queries.add(counter, []) }
        for (reads, account) in expected {
            let id = SQLValue.integer(account.id)
            queries.add(CallbackRows.ofDigest, [.integer(reads.locality), .blob(reads.digest), id])
            for name in reads.payments {
                queries.add(PaymentRows.ofName, [.text(name), id])
                if account.isFolded { queries.add(PaymentRows.ofNameUnlessMerged, [.text(name), id]) }
            }
            guard account.isFolded else { continue }
            for name in reads.operations { queries.add(OperationRows.holder, [.text(name), id]) }
            for token in reads.checkouts { queries.add(CheckoutRows.ofToken, [.text(token), id]) }
        }
        var payments: Set<Int64> = []
        let results = try connection.rows(ofEach: queries.all)
        for (query, rows) in zip(queries.all, results).dropFirst() {
            known[Key(query.sql, query.values)] = rows
            guard Self.namesPayments(query.sql), case .integer(let number)? = rows.first?.values.first else { continue }
            payments.insert(number)
        }
        try readRows(of: payments, on: connection)
        return results.first?.first
    }

    private static func namesPayments(_ sql: StaticString) -> Bool {
        [PaymentRows.ofName, PaymentRows.ofNameUnlessMerged, OperationRows.holder]
            .contains { $0.utf8Start == sql.utf8Start }
    }

    private func readRows(of payments: Set<Int64>, on connection: PostgreSQLConnection) throws {
        var queries = Queries()
        for payment in payments {
            queries.add(PaymentRows.ofNumber, [.integer(payment)])
            queries.add(OperationRows.ofPayment, [.integer(payment)])
            queries.add(AnomalyRows.anyOpen, [.integer(payment)])
        }
        for (query, rows) in zip(queries.all, try connection.rows(ofEach: queries.all)) {
            known[Key(query.sql, query.values)] = rows
        }
    }

    /// What was read of a query before, which is forgotten with it.
    func rows(of sql: StaticString, _ values: [SQLValue]) -> [Row]? {
        known.isEmpty ? nil : known.removeValue(forKey: Key(sql, values))
    }

    func removeAll() {
        known.removeAll(keepingCapacity: true)
    }

    // MARK: What a statement changes

    func forget(whatIsWrittenBy sql: StaticString, _ values: [SQLValue]) {
        guard !known.isEmpty else { return }
        switch sql.utf8Start {
        case CallbackRows.insertion.utf8Start:
            forget(CallbackRows.ofDigest, [values[20], values[16], values[1]])
        case CallbackRows.countingDelivery.utf8Start, TransitionRows.insertion.utf8Start,
            TransitionRows.insertionOfTwo.utf8Start, TokenRows.saving.utf8Start, ForwardRows.insertion.utf8Start,
            ForwardRows.waking.utf8Start, OpenedPayments.counting.utf8Start:
            break  // Nothing of it is read ahead, but for numbers that are counted from then on.
        case PaymentRows.insertion.utf8Start:
            let (account, name) = (values[values.count - 5], values[values.count - 4])
            forget(PaymentRows.ofName, [name, account])
            forget(PaymentRows.ofNameUnlessMerged, [name, account])
        case PaymentRows.updating.utf8Start:
            forget(PaymentRows.ofNumber, [values[values.count - 1]])
        case OperationRows.saving.utf8Start:
            forget(OperationRows.ofPayment, [values[1]])
            forget(OperationRows.holder, [values[2], values[0]])
        case AnomalyRows.insertion.utf8Start:
            forget(AnomalyRows.anyOpen, [values[3]])
        case CheckoutRows.saving.utf8Start, CheckoutRows.linking.utf8Start:
            known = known.filter { $0.key.sql != CheckoutRows.ofToken.utf8Start }
        default:
            if !sql.isSelection { removeAll() }
        }
    }

    private func forget(_ sql: StaticString, _ values: [SQLValue]) {
        known[Key(sql, values)] = nil
    }

    /// Queries, each once.
    private struct Queries {
        private(set) var all: [PostgreSQLConnection.Query] = []
        private var keys: Set<Key> = []

        mutating func add(_ sql: StaticString, _ values: [SQLValue]) {
            guard keys.insert(Key(sql, values)).inserted else { return }
            all.append(PostgreSQLConnection.Query(sql: sql, values: values, types: values.map(\.type)))
        }
    }
}

extension StaticString {
    /// Whether it only reads, by its first word.
    fileprivate var isSelection: Bool {
        let word = UnsafeBufferPointer(start: utf8Start, count: min(utf8CodeUnitCount, 4))
        return word.elementsEqual("SELE".utf8) || word.elementsEqual("WITH".utf8)
    }
}
