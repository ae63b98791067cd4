import ConfigurationFile
import TestSupport

extension RunningDaemon {
    /// As Standard Webhooks writes one: 24 bytes in base64.
    private static let signingSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// Runs a story against a daemon with the account `ecp`, its forward target `shop` and the notify target `app`, both
    /// at this port.
    package static func run(
        deliveringTo port: Int,
        story: @escaping @Sendable (RunningDaemon) async throws -> Void
    ) async throws {
        let text = """
            accounts:
              ecp:
                gateway: ecommpay
                project_id: 240
                secrets: [{value: "\(SignedCallback.secret)"}]
                forward: [{to: "http://127.0.0.1:\(port)/?wc-api=ecommpay", name: shop}]
            notify: [{to: "http://127.0.0.1:\(port)/paystate", name: app, secret: {value: "\(signingSecret)"}}]
            """
        let environment = HostEnvironment(variables: [:]) { _, _ in
            HostEnvironment.File(bytes: Array(text.utf8), isWorldReadable: false)
        }
        let configured = try Configuration.load("test", environment)
        try await run(
            {
                $0.accounts = configured.accounts
                $0.notify = configured.notify
            },
            story: story
        )
    }
}
