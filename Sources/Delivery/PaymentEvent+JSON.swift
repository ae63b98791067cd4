package import Ledger
import LosslessJSON
import Telemetry

extension PaymentEvent {
    /// The body of a notification.
    package var json: [UInt8] {
        var object = JSONObject()
        object.append("type", "payment.\(toState)")
        object.append("seq", seq)
        object.append("account", account)
        object.append("payment_id", paymentID)
        object.append("reference", reference)
        object.append("from_state", fromState)
        object.append("to_state", toState)
        object.append("paid", isPaid)
        object.append("amount_minor", amountMinor)
        object.append("captured_minor", capturedMinor)
        object.append("refunded_minor", refundedMinor)
        object.append("balance_minor", balanceMinor)
        object.append("moved_minor", movedMinor)
        object.append("currency", currency)
        object.append("test", isTest)
        object.append("source", source)
        object.append("evidence_id", evidenceID)
        object.append("recorded_at", recordedAt.text)
        return object.closed
    }
}

/// A JSON object that is written member by member.
private struct JSONObject {
    private var bytes: [UInt8] = []

    var closed: [UInt8] { bytes + Array("}".utf8) }

    mutating func append(_ name: String, _ value: String?) {
        begin(name)
        if let value { JSONWriter.append(value, to: &bytes) } else { appendNull() }
    }

    mutating func append(_ name: String, _ value: Int64?) {
        begin(name)
        if let value { bytes.append(contentsOf: "\(value)".utf8) } else { appendNull() }
    }

    mutating func append(_ name: String, _ value: Bool?) {
        begin(name)
        if let value { bytes.append(contentsOf: "\(value)".utf8) } else { appendNull() }
    }

    private mutating func begin(_ name: String) {
        bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
        JSONWriter.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func appendNull() {
        bytes.append(contentsOf: "null".utf8)
    }
}
