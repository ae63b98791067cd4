import Payments

extension GroundTruth.Payment {
    var json: JSON {
        [
            "payment_id": .string(id), "status": .string(status), "state": .string(state.rawValue),
            "amount_minor": .integer(amount), "currency": .string(currency), "refunded_minor": .integer(refunded),
            "acknowledged": .bool(isAcknowledged), "operations": .array(operations.map(\.json)),
        ]
    }
}

extension GroundTruth.Operation {
    var json: JSON {
        [
            "operation_id": .string(id), "parent_id": .text(parentID), "type": .string(type),
            "status": .string(status), "state": .string(state.rawValue),
            "amount_minor": amount.map { .integer($0) } ?? .null,
        ]
    }
}

extension GroundTruth.Checkout {
    var json: JSON {
        ["token": .string(token), "state": .string(state.rawValue), "acknowledged": .bool(isAcknowledged)]
    }
}

extension GroundTruth.Subscription {
    var json: JSON {
        ["subscription_id": .string(id), "status": .string(status), "acknowledged": .bool(isAcknowledged)]
    }
}

extension Counters {
    var json: JSON {
        [
            "made": .integer(created), "events": .integer(events), "sent": .integer(sent),
            "acknowledged": .integer(acknowledged), "refused": .integer(refused), "unanswered": .integer(unanswered),
            "lost": .integer(lost), "duplicated": .integer(duplicated), "reordered": .integer(reordered),
            "late": .integer(late), "regressed": .integer(regressed), "given_up": .integer(givenUp),
            "asked": .integer(statusRequests), "misanswered": .integer(misanswered),
        ]
    }
}
