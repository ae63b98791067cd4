/// The alarms about the current state of a payment. Each names everything that is wrong, so that a person who accepts
/// an alarm accepts what it listed, and anything further opens it again with other words.
extension Payment {
    /// Opens an anomaly for each contradiction within the payment or with the merchant's expectation, and resolves
    /// those that no longer hold.
    func reportContradictions(_ fold: MoneyFold, in consequences: inout Consequences) {
        let unknown = operations.filter { $0.kind == .unknown && $0.state == .succeeded }.map { operation in
            let type = operation.type.map { "of type «\($0)»" } ?? "without a type"
            return "operation \(operation.id) \(type) succeeded: it may have moved money, and counts in no sum"
        }
        consequences.report(.unknownType, unknown, resolved: "each operation that succeeded is of a type that we know")
        consequences.report(.inconsistentSums, fold.contradictions, resolved: "the sums agree")

        let isComparable = amountToCompare != nil
        if isComparable, expectation.amount != nil {
            consequences.report(.amountMismatch, unexpectedAmount, resolved: "the amount is the expected one")
        }
        if state.isUnpaidEnd { consequences.resolved[.amountMismatch] = "nothing was taken" }
        let foreign = fold.foreign.map { operation in
            "operation \(operation.id) is in \(operation.tracked.amounts.currency ?? ""), its payment in "
                + "\(tracked.amounts.currency ?? ""): it counts in no sum"
        }
        guard !foreign.isEmpty || isComparable && tracked.amounts.currency != nil else { return }
        consequences.report(
            .currencyMismatch,
            foreign + (isComparable ? unexpectedCurrency : []),
            resolved: "the currency is the expected one"
        )
    }

    private var unexpectedCurrency: [String] {
        guard let currency = tracked.amounts.currency, let expected = expectation.currency, currency != expected else {
            return []
        }
        return ["the currency is \(currency), expected was \(expected)"]
    }

    /// With a surcharge the total differs from the merchant's own amount, so either may be the expected one.
    private var unexpectedAmount: [String] {
        guard let compared = amountToCompare, let expected = expectation.amount, compared != expected,
            initialAmount != expected || compared != tracked.amounts.amount
        else { return [] }
        let what = state == .authorized ? "held" : purpose == .payout ? "paid out" : "taken"
        return ["\(compared) was \(what), expected was \(expected) (minor units)"]
    }

    /// The amount that is compared with the merchant's expectation: what was taken, before refunds, or what is held;
    /// `nil` if nothing was. Failed attempts are not compared.
    private var amountToCompare: Int64? {
        if state == .authorized {
            return tracked.amounts.amount == nil ? nil : totals.held.addingSaturated(totals.captured)
        }
        guard state.wasPaid else { return nil }
        return switch purpose {
        case .purchase, .unknown: totals.captured
        case .payout: totals.paidOut
        case .transfer, .verification: tracked.amounts.amount
        }
    }
}

extension Consequences {
    fileprivate mutating func report(_ kind: AnomalyKind, _ reasons: [String], resolved resolution: String) {
        if reasons.isEmpty {
            resolved[kind] = resolution
        } else {
            for reason in reasons { open(kind, reason) }
        }
    }
}
