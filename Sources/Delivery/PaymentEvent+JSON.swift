import Ledger
import LosslessJSON
import Telemetry

extension PaymentEvent {
    /// The body of a notification.
    package var json: [UInt8] {
        let event: JSON = [
            "type": .string("payment.\(toState)"),
            "seq": .integer(seq),
            "account": .string(account),
            "payment_id": .string(paymentID),
            "reference": .text(reference),
            "from_state": .text(fromState),
            "to_state": .string(toState),
            "paid": .bool(isPaid),
            "amount_minor": .integer(amountMinor),
            "captured_minor": .integer(capturedMinor),
            "refunded_minor": .integer(refundedMinor),
            "balance_minor": .integer(balanceMinor),
            "moved_minor": .integer(movedMinor),
            "currency": .text(currency),
            "test": isTest.map { .bool($0) } ?? .null,
            "source": .string(source),
            "evidence_id": .string(evidenceID),
            "recorded_at": .string(recordedAt.text),
        ]
        return event.bytes
    }
}

extension JSON {
    fileprivate static func integer(_ number: Int64?) -> JSON { number.map { .integer($0) } ?? .null }
}
