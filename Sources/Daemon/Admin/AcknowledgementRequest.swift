import Ledger

/// A person has looked at an anomaly, and says what came of it: the JSON body of `POST /v1/acknowledge`.
package struct AcknowledgementRequest: Encodable, Sendable, Equatable {
    /// The longest note, in Unicode scalars.
    private static let longestNote = 1000
    private static let keys = ["anomaly", "note"]

    /// Its number in the view `anomalies`.
    package let anomaly: Int64
    package let note: String

    package init(anomaly: Int64, note: String) throws(InstructionRefusal) {
        guard anomaly > 0 else { throw Self.noAnomaly }
        guard note.contains(where: { !$0.isWhitespace }), note.unicodeScalars.count <= Self.longestNote,
            note.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw Self.noNote }
        self.anomaly = anomaly
        self.note = note
    }

    init(body: [UInt8]) throws(InstructionRefusal) {
        let fields = try InstructionRequest.fields(in: body)
        if let unknown = fields.keys.filter({ !Self.keys.contains($0) }).min() {
            throw .unknownKey(unknown, known: Self.keys)
        }
        guard case .number(let digits) = fields["anomaly"], let anomaly = Int64(digits) else { throw Self.noAnomaly }
        guard case .text(let note) = fields["note"] else { throw Self.noNote }
        try self.init(anomaly: anomaly, note: note)
    }

    private static let noAnomaly = InstructionRefusal.unusable(
        key: "anomaly",
        wanted: "a number from the column `id` of the view `anomalies`, such as 17"
    )
    private static let noNote = InstructionRefusal.unusable(
        key: "note",
        wanted: "a text of 1 to \(longestNote) characters that says what came of it, without control characters"
    )
}
