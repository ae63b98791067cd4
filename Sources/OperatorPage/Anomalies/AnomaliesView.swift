import Ledger
import Narration
import Payments

/// The page `/anomalies`: those that are open first.
package struct AnomaliesView: PageView {
    struct Acknowledgement {
        let action: String
        let token: String
        let noteID: String
    }

    struct Anomaly {
        let cardAnchor: String
        let number: String
        let tone: String
        let severity: String
        let kind: String
        let account: String
        let detail: String
        let about: TableView.Link?
        let evidence: String
        let iso: String
        let text: String
        let closed: ShownTime?
        let resolution: String?
        let acknowledgement: Acknowledgement?
    }

    struct Group {
        let anchor: String
        let group: String
        let anomalies: [Anomaly]
    }

    package let template = PageTemplate.anomalies
    let lead = "Contradictions and surprises. An alarm wants a person to look; a notice is only for the record."
    let fields: [Listing.Field]
    let clear: TableView.Link?
    let problems: [String]
    let nothing: Listing.Nothing?
    let groups: [Group]
    let pager: Listing.Pager?
}

extension AnomaliesView.Anomaly {
    init(_ row: ViewRow, token: String) {
        let id = row.text("id")
        number = id
        cardAnchor = "anomaly-\(id)"
        let isOpen = row.text("closed_at").isEmpty
        let badge = Badge(severity: row.text("severity"), isOpen: isOpen)
        (severity, tone) = (badge.word, badge.tone)
        kind = row.text("kind")
        account = row.text("account")
        detail = row.text("detail").cut(to: 2000)
        evidence = row.text("evidence_id")
        let opened = ShownTime(row.requiredTime("opened_at"))
        (iso, text) = (opened.iso, opened.text)
        closed = row.shownTime("closed_at")
        resolution = row.word("resolution")?.cut(to: 2000)
        let payment = row.text("payment_id")
        about =
            payment.isEmpty
            ? nil
            : TableView.Link(href: PagePath.payment(payment, account: row.text("account")), name: payment.cut(to: 120))
        acknowledgement =
            isOpen
            ? AnomaliesView.Acknowledgement(
                action: "/anomalies/\(PagePath.encoded(id))/acknowledge",
                token: token,
                noteID: "note-\(id)"
            ) : nil
    }
}

extension AnomaliesView.Anomaly: FrequentView {
    package static let members: Members = [
        "cardAnchor": { $0.cardAnchor }, "number": { $0.number }, "tone": { $0.tone }, "severity": { $0.severity },
        "kind": { $0.kind }, "account": { $0.account }, "detail": { $0.detail }, "about": { $0.about },
        "evidence": { $0.evidence }, "iso": { $0.iso }, "text": { $0.text }, "closed": { $0.closed },
        "resolution": { $0.resolution }, "acknowledgement": { $0.acknowledgement },
    ]
}
