/// The alarms about the current state of a payment. Each names everything that is wrong, so that a person who accepts
/// an alarm accepts what it listed, and anything further opens it again with other words.
extension Payment {
    /// Opens an anomaly for each contradiction within the payment or with the merchant's expectation.
    ///
    /// - Returns: what was compared and agrees, which resolves the anomalies that no longer hold.
    func reportContradictions(_ fold: MoneyFold, in consequences: inout Consequences) -> ResolutionConditions {
        var conditions: ResolutionConditions = []
        func report(_ kind: AnomalyKind, _ reasons: [String], orElse condition: ResolutionConditions) {
            if reasons.isEmpty { conditions.insert(condition) }
            for reason in reasons { consequences.open(kind, reason) }
        }
        let unknown = operations.filter { $0.kind == .unknown && $0.state == .succeeded }.map { operation in
            let type = operation.type.map { "of type «\($0)»" } ?? "without a type"
            return "operation \(operation.id) \(type) succeeded: it may have moved money, and counts in no sum"
        }
        report(.unknownType, unknown, orElse: .typesAreKnown)
        report(.inconsistentSums, fold.contradictions, orElse: .sumsAgree)

        let isComparable = amountToCompare != nil
        if isComparable, expectation.amount != nil {
            report(.amountMismatch, unexpectedAmount, orElse: .amountIsExpected)
        }
        if state.isUnpaidEnd { conditions.insert(.nothingWasTaken) }
        let foreign = fold.foreign.map { operation in
            "operation \(operation.id) is in \(operation.tracked.amounts.currency ?? ""), its payment in "
                + "\(tracked.amounts.currency ?? ""): it counts in no sum"
        }
        if !foreign.isEmpty || isComparable && tracked.amounts.currency != nil {
            report(.currencyMismatch, foreign + (isComparable ? unexpectedCurrency : []), orElse: .currencyIsExpected)
        }
        return conditions
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
