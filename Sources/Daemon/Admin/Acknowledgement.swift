package import Ledger
package import Payments

/// An operator's acknowledgement of an anomaly, with a note on the outcome: the JSON body of `POST /v1/acknowledge`.
package struct AcknowledgementRequest: Encodable, Sendable, Equatable {
    /// The longest note, in Unicode scalars.
    private static let longestNote = 1000
    private static let keys = ["anomaly", "note"]

    /// The anomaly's number in the view `anomalies`.
    package let anomaly: Int64
    package let note: String

    package init(anomaly: Int64, note: String) throws(APIError) {
        guard anomaly > 0 else { throw Self.noAnomaly }
        guard note.contains(where: { !$0.isWhitespace }), note.unicodeScalars.count <= Self.longestNote,
            note.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw Self.noNote }
        self.anomaly = anomaly
        self.note = note
    }

    init(body: [UInt8]) throws(APIError) {
        let fields = try InstructionRequest.fields(in: body)
        if let unknown = fields.keys.filter({ !Self.keys.contains($0) }).min() {
            throw .unknownKey(unknown, known: Self.keys)
        }
        guard case .number(let digits) = fields["anomaly"], let anomaly = Int64(digits) else { throw Self.noAnomaly }
        guard case .text(let note) = fields["note"] else { throw Self.noNote }
        try self.init(anomaly: anomaly, note: note)
    }

    private static let noAnomaly = APIError.unusable(
        key: "anomaly",
        wanted: "a number from the column `id` of the view `anomalies`, such as 17"
    )
    private static let noNote = APIError.unusable(
        key: "note",
        wanted: "a text of 1 to \(longestNote) characters that says what you found out, without control characters"
    )
}

extension Ledger {
    /// Closes an anomaly on behalf of the caller, and returns once that is durable.
    package func acknowledge(
        _ request: AcknowledgementRequest,
        at now: Timestamp
    ) async throws(APIError) -> AcknowledgementAnswer {
        do {
            let acknowledged = try await acknowledge(request.anomaly, note: request.note, at: now)
            return AcknowledgementAnswer(anomaly: request.anomaly, acknowledged)
        } catch {
            switch error {
            case .unknownAnomaly: throw .unknownAnomaly(request.anomaly)
            case .isClosed(let resolution): throw .closedAnomaly(request.anomaly, resolution: resolution)
            case .notRecorded(let error): throw .notRecorded(error)
            }
        }
    }
}

/// The result of acknowledging an anomaly: the JSON of the response to `POST /v1/acknowledge`.
package struct AcknowledgementAnswer: Codable, Sendable, Equatable {
    /// The number of the instruction; its evidence is `operator:N`.
    package let instruction: Int64
    package let anomaly: Int64
    package let kind: String
    package let account: String
    /// `nil` if the anomaly is not about a payment.
    package let paymentID: String?

    private enum CodingKeys: String, CodingKey {
        case instruction
        case anomaly
        case kind
        case account
        case paymentID = "payment_id"
    }

    package init(anomaly: Int64, _ acknowledged: AcknowledgementResult) {
        instruction = acknowledged.instruction
        self.anomaly = anomaly
        kind = acknowledged.kind.rawValue
        account = acknowledged.account
        paymentID = acknowledged.paymentID
    }

    /// Encodes missing values as null, as the views do, rather than leaving the key out.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(instruction, forKey: .instruction)
        try container.encode(anomaly, forKey: .anomaly)
        try container.encode(kind, forKey: .kind)
        try container.encode(account, forKey: .account)
        try container.encode(paymentID, forKey: .paymentID)
    }
}
