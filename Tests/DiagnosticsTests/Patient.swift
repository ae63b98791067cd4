import ConfigurationFile
import Diagnostics
import OutboundHTTP
import Payments
import TestSupport

/// A folder with a configuration, and the doctor's findings about it.
struct Patient: ~Copyable {
    static let today = Timestamp(milliseconds: 1_795_344_000_000)  // 2026-11-22T10:40:00Z

    private let folder: TemporaryFolder

    init(_ configuration: String? = nil) throws {
        let folder = try TemporaryFolder()
        if let configuration { try folder.write(configuration, to: "paystate.yaml") }
        self.folder = folder
    }

    deinit {
        folder.remove()
    }

    func path(_ name: String) -> String { folder.path(name) }

    /// An ecommpay account that is polled at a URL.
    static func account(asking url: String, secret: String = "{value: x}") -> String {
        "accounts: {shop: {gateway: ecommpay, project_id: 240, secrets: [\(secret)], api_url: \"\(url)\"}}\n"
    }

    @discardableResult
    func write(_ text: String, to name: String, mode: Int = 0o640) throws -> String {
        try folder.write(text, to: name, mode: mode)
    }

    /// - Parameter check: The check whose findings to return; `nil` means all.
    func findings(
        _ check: String? = nil,
        database: String? = nil,
        version: String = "test",
        isOffline: Bool = false,
        timeout: Duration = .seconds(10),
        trustStore: TrustStore = .system,
        now: @escaping @Sendable () -> Timestamp = { today }
    ) async throws -> [Finding] {
        let doctor = Doctor(
            configuration: path("paystate.yaml"),
            database: database.map { .file($0) },
            environment: HostEnvironment(variables: [:]),
            version: version,
            isOffline: isOffline,
            timeout: timeout,
            trustStore: trustStore,
            now: now
        )
        return try await doctor.examine().filter { check == nil || $0.check == check }
    }
}
