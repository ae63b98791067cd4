import Gateways
import Ledger
import Payments
import Sandbox
import TestSupport

/// A benchmark's only account: its callbacks, the daemon's configuration for it, and the received callbacks that the
/// daemon would make.
struct BenchAccount {
    static let name = "bench"
    private static let projectID: Int64 = 240
    private static let secret = "secret-of-the-benchmarks"

    let series: CallbackSeries
    private let gateway: Ecommpay
    let now: Timestamp

    init(at now: Timestamp) throws {
        let key = Secret(name: "bench", bytes: Array(Self.secret.utf8))
        series = CallbackSeries(projectID: Self.projectID, secret: key, at: now)
        gateway = try Ecommpay(["project_id": .integer(Self.projectID), "secrets": .secrets([key])])
        self.now = now
    }

    /// The daemon's configuration. Payments received during a measurement do not become due in it.
    ///
    /// - Parameters:
    ///   - questions: how many polls a second are allowed for payments that are due already.
    ///   - gateway: the address to poll; nothing listens at the default.
    static func configuration(questions: Int = 1, gateway: String = "http://127.0.0.1:9") -> String {
        """
        reconcile: {first_after: 1d, schedule: [1d], requests_per_second: \(questions), concurrency: 64}
        accounts:
          \(name): {gateway: ecommpay, project_id: \(projectID), secrets: [{value: \(secret)}], api_url: "\(gateway)"}
        """
    }

    /// The same project as configured in the sandbox. It has no payments, so it answers every poll with «not found».
    static var sandbox: SandboxAccount {
        let secret = Secret(name: "bench", bytes: Array(secret.utf8))
        return SandboxAccount(name: name, keys: .ecommpay(projectID: projectID, secret: secret), callbacks: nil)
    }

    static func target(port: Int) -> FloodTarget {
        FloodTarget(host: "127.0.0.1", port: port, path: "/callbacks/\(name)")
    }

    /// The ledger as the daemon opens it.
    static func openLedger(at path: String, firstAfter: Duration = .seconds(86_400)) throws -> Ledger {
        try Ledger(
            at: .file(path: path),
            accounts: [LedgerAccount(name: name, gateway: Ecommpay.name, isFolded: Ecommpay.foldsOperations)],
            schedule: PollSchedule(
                firstAfter: firstAfter,
                steps: [.seconds(86_400)],
                giveUpAfter: .seconds(14 * 86_400),
                authorizedEvery: .seconds(86_400),
                secondLook: .seconds(86_400),
                audit: []
            ),
            quota: RejectionQuota(rows: 10_000, bytes: 64 << 20, age: .seconds(30 * 86_400)),
            capacity: 8192
        )
    }

    /// A callback about a payment in processing, which is followed by no other.
    func silentReceipt(_ number: Int) -> ReceivedCallback {
        var payment = PaymentReport(id: "DUE-\(number)")
        payment.reference = payment.id
        payment.status = Status(word: "processing", state: .pending)
        let body = Array("a payment at work, number \(number)".utf8)
        return ReceivedCallback(
            account: Self.name,
            body: body,
            digest: digest(of: body),
            receivedAt: now,
            remoteAddress: "127.0.0.1",
            verdict: .valid,
            form: Authentic.Form.natural.rawValue,
            keyID: "bench",
            content: .report(Report(payment: payment))
        )
    }

    /// Floods the daemon; every callback must be acknowledged.
    func flood(
        _ process: DaemonProcess,
        _ numbers: Range<Int>,
        connections: Int,
        duration: Duration,
        warmUp: Duration
    ) async throws -> FloodReport {
        var flood = Flood(of: series, numbers: numbers, to: Self.target(port: process.callbacks))
        flood.connections = connections
        flood.duration = duration
        flood.warmUp = warmUp
        let report = try await flood.run()
        guard report.end != .interrupted else { throw CancellationError() }
        guard report.refused.isEmpty, report.failures == 0, report.connectFailures == 0 else {
            throw InvalidRun.refused(report)
        }
        return report
    }

    /// A callback of the series on its way into the ledger.
    func receivedCallback(_ number: Int) throws -> ReceivedCallback {
        try receivedCallback(of: try series.body(number))
    }

    /// A callback's body on its way into the ledger.
    func receivedCallback(of body: [UInt8]) throws -> ReceivedCallback {
        let authentic = try gateway.authenticate(Callback(body: body))
        return ReceivedCallback(
            account: Self.name,
            body: body,
            digest: digest(of: body),
            receivedAt: now,
            remoteAddress: "127.0.0.1",
            verdict: authentic.verdict,
            form: authentic.form.rawValue,
            keyID: authentic.keyID,
            content: .report(try gateway.decode(authentic))
        )
    }
}
