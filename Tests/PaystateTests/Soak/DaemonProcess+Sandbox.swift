import Sandbox
import TestSupport

extension DaemonProcess {
    /// A daemon that knows the sandbox's gateways as `ecp` and `ecc`, and polls often.
    ///
    /// - Parameters:
    ///   - gateways: the port of the sandbox's status endpoints.
    ///   - environment: variables added to the environment of the tests.
    convenience init(gateways: Int, environment: [String: String] = [:]) throws {
        try self.init(
            in: TemporaryFolder(),
            environment: environment,
            configuration: """
                reconcile: {first_after: 1s, schedule: [500ms, 1s, 2s], give_up_after: 10m, authorized_every: 2s, second_look: 4s,
                            audit: [4s, 13s], requests_per_second: 500, concurrency: 32}
                accounts:
                  ecp:
                    gateway: ecommpay
                    project_id: \(SandboxKeys.projectID)
                    secrets: [{value: \(SandboxKeys.secret)}]
                    api_url: http://127.0.0.1:\(gateways)
                  ecc:
                    gateway: ecomcharge
                    shop_id: \(SandboxKeys.shopID)
                    secret: {value: \(SandboxKeys.secret)}
                    public_key: {value: \(SandboxKeys.publicKey)}
                    checkout_url: http://127.0.0.1:\(gateways)
                    gateway_url: http://127.0.0.1:\(gateways)
                    api_url: http://127.0.0.1:\(gateways)
                """
        )
    }
}
