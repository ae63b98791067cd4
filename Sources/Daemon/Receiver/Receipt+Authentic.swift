import Gateways
import Ledger
import Payments

extension Receipt {
    /// The receipt of a body that a gateway has proved, just now or when it was judged again.
    init(
        of body: [UInt8],
        provedAs authentic: Authentic,
        by gateway: any Gateway,
        account: String,
        receivedAt: Moment,
        reverifiedAt: Moment? = nil,
        remoteAddress: String?
    ) {
        self.init(
            account: account,
            body: body,
            digest: Gateways.digest(of: body),
            receivedAt: receivedAt,
            reverifiedAt: reverifiedAt,
            remoteAddress: remoteAddress,
            verdict: authentic.verdict,
            form: authentic.form.rawValue,
            keyID: authentic.keyID,
            content: Content(of: authentic, by: gateway)
        )
    }
}

extension Receipt.Content {
    fileprivate init(of authentic: Authentic, by gateway: any Gateway) {
        do {
            let report = try gateway.decode(authentic)
            self =
                switch authentic.verdict {
                case .valid: .report(report)
                case .ambiguous: gateway.acceptsAmbiguous ? .report(report) : .unproven(report)
                }
        } catch {
            self = .undecodable("\(error)")
        }
    }
}
