package import Ledger
import Narration

/// Anomalies, for people: a line for each, and beneath it what it is about and what happened.
package struct AnomalyList {
    private let anomalies: [ViewRow]
    private let tellsOutcome: Bool

    /// - Parameter tellsOutcome: whether each says how serious it is, and how it was settled; of open alarms both are
    ///   known.
    package init(_ anomalies: [ViewRow], tellsOutcome: Bool) {
        self.anomalies = anomalies
        self.tellsOutcome = tellsOutcome
    }

    /// - Parameter width: the characters per line. An id that is longer is not broken.
    package func text(width: Int) -> String {
        let rows = anomalies.map { [$0.text("id"), $0.minute("opened_at"), $0.text("kind"), $0.text("account")] }
        let table = Table(titles: ["ID", "SINCE (UTC)", "KIND", "ACCOUNT"], rows: rows, stateColumn: nil)
        let heads = table.fitted(to: width, shortening: [3]).table.text(colours: false).split(separator: "\n")
        let idWidth = max(2, rows.map { $0[0].count }.max() ?? 0)
        let indentation = String(repeating: " ", count: idWidth + 2)
        var lines = heads.prefix(1).map(String.init)
        for (head, anomaly) in zip(heads.dropFirst(), anomalies) {
            lines.append(String(head))
            for sentence in Self.sentences(about: anomaly, tellsOutcome: tellsOutcome) {
                lines += Paragraph(label: indentation, text: sentence).lines(width: width)
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func sentences(about anomaly: ViewRow, tellsOutcome: Bool) -> [String] {
        let event = "\(subject(of: anomaly)): \(anomaly.word("detail") ?? "")."
        return tellsOutcome ? [event, outcome(of: anomaly)] : [event]
    }

    /// The payment concerned, else the checkout or subscription, else the callback or answer that nothing is known of.
    private static func subject(of anomaly: ViewRow) -> String {
        if let payment = anomaly.word("payment_id") { return "payment \(payment)" }
        if let checkout = anomaly.word("checkout_token") { return "checkout \(checkout)" }
        if let subscription = anomaly.word("subscription_id") { return "subscription \(subscription)" }
        return anomaly.word("evidence_id") ?? ""
    }

    private static func outcome(of anomaly: ViewRow) -> String {
        let severity = Severity(rawValue: anomaly.text("severity")) == .alarm ? "Alarm" : "Notice"
        guard anomaly.word("closed_at") != nil else { return "\(severity), open." }
        return "\(severity), closed \(anomaly.minute("closed_at")): \(anomaly.word("resolution") ?? "")."
    }
}
