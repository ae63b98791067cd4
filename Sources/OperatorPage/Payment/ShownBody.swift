import Ledger
import Narration
import Payments

/// The body of a callback, or of the answer to a poll.
struct ShownBody {
    /// So many of the newest of each are read for a page.
    static let limit = 10

    let evidence: String
    let word: String
    let tone: String
    let iso: String
    let text: String
    let size: String
    let json: String

    private init(_ evidence: String, _ badge: Badge, at time: Timestamp, _ body: [UInt8], _ bodies: BodyText) {
        self.evidence = evidence
        (word, tone) = (badge.word, badge.tone)
        let shown = ShownTime(time)
        (iso, text) = (shown.iso, shown.text)
        size = "\(body.count) bytes"
        json = bodies.text(of: body)
    }

    /// The newest that are kept, the newest first.
    static func newest(of details: PaymentDetails, from reader: LedgerReader, as bodies: BodyText) async throws
        -> [ShownBody]
    {
        var shown: [(at: Timestamp, body: ShownBody)] = []
        for row in details.callbacks.suffix(limit) {
            guard let id = row.number("id"), let kept = try await reader.body(ofCallback: id), !kept.body.isEmpty else {
                continue
            }
            let at = row.requiredTime("received_at")
            let badge = Badge(effect: row.text("effect"))
            shown.append((at, ShownBody("callback:\(id)", badge, at: at, kept.body, bodies)))
        }
        for row in details.polls.suffix(limit) {
            guard let id = row.number("id"), let kept = try await reader.body(ofPoll: id), !kept.body.isEmpty else {
                continue
            }
            let at = row.time("answered_at") ?? row.requiredTime("asked_at")
            let badge = Badge(effect: row.text("outcome"))
            shown.append((at, ShownBody("poll:\(id)", badge, at: at, kept.body, bodies)))
        }
        return shown.sorted { $0.at > $1.at }.map { $0.body }
    }
}
