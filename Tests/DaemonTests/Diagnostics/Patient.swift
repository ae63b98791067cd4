import ConfigurationFile
import Daemon
import Diagnostics
import Foundation
import OutboundHTTP
import Payments
import Testing

/// A folder with a configuration, and the doctor's findings about it.
struct Patient: ~Copyable {
    static let today = Timestamp(milliseconds: 1_795_344_000_000)  // 2026-11-22T10:40:00Z

    let folder: URL

    init(_ configuration: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "patient-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if let configuration { try write(configuration, to: "paystate.yaml") }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)  // A leftover folder is harmless.
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// An ecommpay account that is polled at a URL.
    static func account(asking url: String, secret: String = "{value: x}") -> String {
        "accounts: {shop: {gateway: ecommpay, project_id: 240, secrets: [\(secret)], api_url: \"\(url)\"}}\n"
    }

    @discardableResult
    func write(_ text: String, to name: String, mode: Int = 0o640) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
        return path(name)
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
            database: database,
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
