package import ConfigurationFile
package import Ledger
package import Payments

/// An HTTP POST to a target.
///
/// However it is printed, dumped or mirrored, neither credentials nor body show.
package struct DeliveryRequest: Sendable {
    package let url: DeliveryURL
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(url: DeliveryURL, headers: [(name: String, value: String)], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}

extension DeliveryRequest {
    /// A callback as it came: byte for byte, with what proves it.
    package init(forwarding forward: DueForward, by route: ForwardRoute) {
        let optional: [(name: String, value: String?)] = [
            ("Content-Type", forward.contentType),
            ("Content-Signature", forward.contentSignature),
            ("Authorization", route.authorization),
            ("X-Forwarded-For", forward.remoteAddress),
        ]
        let given = optional.compactMap { header in header.value.map { (name: header.name, value: $0) } }
        let ours = [
            (name: "Paystate-Callback", value: "\(forward.callback)"),
            (name: "Paystate-Attempt", value: "\(forward.attempts.addingSaturated(1))"),
        ]
        self.init(url: route.target.url, headers: given + ours, body: forward.body)
    }

    /// A transition, signed for this attempt.
    package init(notifying event: PaymentEvent, to target: NotifyTarget, at now: Timestamp) {
        let body = event.json
        self.init(
            url: target.url,
            headers: [(name: "Content-Type", value: "application/json")]
                + StandardWebhook.headers(for: event, body: body, secret: target.secret, at: now),
            body: body
        )
    }
}

extension DeliveryRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "DeliveryRequest(\(url))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["url": url.shown]) }
}
