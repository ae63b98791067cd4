package import Gateways
package import Ledger
package import Payments

extension ReceivedCallback {
    /// Makes the received callback for a body that a gateway has proved, either just now or when it was judged again.
    ///
    /// - Parameter callback: the request; of one that is judged again only the body and the signature are known.
    package init(
        of callback: Callback,
        provedAs authentic: Authentic,
        by gateway: any Gateway,
        account: String,
        receivedAt: Timestamp,
        reverifiedAt: Timestamp? = nil,
        remoteAddress: String?
    ) {
        let verdict: Verdict
        let content: Content
        let detail: String?
        do {
            let report = try gateway.decode(authentic)
            verdict = gateway.verdict(on: authentic, saying: report)
            content = Content(report, verdict: verdict, policy: gateway.ambiguity)
            detail = report.omissionsInWords
        } catch {
            verdict = authentic.verdict
            content = .undecodable("\(error)", naming: error.mention)
            detail = nil
        }
        self.init(
            account: account,
            body: callback.body,
            digest: Gateways.digest(of: callback.body),
            receivedAt: receivedAt,
            reverifiedAt: reverifiedAt,
            remoteAddress: remoteAddress,
            verdict: verdict,
            form: authentic.form.rawValue,
            keyID: authentic.keyID,
            content: content,
            detail: detail,
            confirmsMoney: gateway.ambiguity == .confirmMoney,
            contentType: callback.contentType,
            contentSignature: callback.contentSignature
        )
    }
}

extension ReceivedCallback.Content {
    fileprivate init(_ report: Report, verdict: Verdict, policy: AmbiguityPolicy) {
        self =
            switch (verdict, policy) {
            case (.valid, _), (.ambiguous, .accept): .report(report)
            case (.ambiguous, .confirm), (.ambiguous, .confirmMoney): .unproven(report)
            }
    }
}
