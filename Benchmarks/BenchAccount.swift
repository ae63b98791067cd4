import Gateways
import Ledger
import Payments
import Sandbox

/// The one account of a benchmark: its callbacks, the configuration that a daemon needs for it, and the receipts that the
/// daemon would make of its callbacks.
struct BenchAccount {
    /// Where the ledger lies in a benchmark's folder.
    static let database = "paystate.db"
    private static let name = "bench"
    private static let projectID: Int64 = 240
    private static let secret = "secret-of-the-benchmarks"

    let series: CallbackSeries
    private let gateway: Ecommpay
    private let now: Moment

    init(at now: Moment) throws {
        let key = Secret(name: "bench", bytes: Array(Self.secret.utf8))
        series = CallbackSeries(projectID: Self.projectID, secret: key, at: now)
        gateway = try Ecommpay(["project_id": .integer(Self.projectID), "secrets": .secrets([key])])
        self.now = now
    }

    /// Nothing falls due while it is measured, so nobody is asked; nobody would answer either.
    static let configuration = """
        database: \(database)
        listen: 127.0.0.1:0
        reconcile: {first_after: 1d}
        accounts:
          \(name): {gateway: ecommpay, project_id: \(projectID), secrets: [{value: \(secret)}], api_url: "http://127.0.0.1:9"}
        """

    static func target(port: Int) -> FloodTarget {
        FloodTarget(host: "127.0.0.1", port: port, path: "/callbacks/\(name)")
    }

    /// The ledger as the daemon opens it.
    static func openLedger(at path: String) throws -> Ledger {
        try Ledger(
            at: path,
            accounts: [LedgerAccount(name: name, gateway: Ecommpay.name, isFolded: Ecommpay.foldsOperations)],
            schedule: Schedule(
                firstAfter: .seconds(86_400),
                steps: [.seconds(86_400)],
                giveUpAfter: .seconds(14 * 86_400),
                authorizedEvery: .seconds(86_400),
                secondLook: .seconds(86_400),
                audit: []
            ),
            quota: RefusalQuota(rows: 10_000, bytes: 64 << 20, age: .seconds(30 * 86_400)),
            capacity: 8192
        )
    }

    /// A callback of the series on its way into the ledger.
    func receipt(_ number: Int) throws -> Receipt {
        let body = try series.body(number)
        let authentic = try gateway.authenticate(Callback(body: body))
        return Receipt(
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
