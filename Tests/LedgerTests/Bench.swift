import Foundation
import GRDB
import Ledger
import Payments
import TestSupport

/// A real ledger in its own folder, and what a test needs to use and read it.
final class Bench: Sendable {
    static let schedule = PollSchedule(
        firstAfter: .seconds(60),
        steps: [.seconds(60)],
        giveUpAfter: .seconds(86_400),
        authorizedEvery: .seconds(3600),
        secondLook: .seconds(86_400),
        audit: []
    )
    static let quota = RejectionQuota(rows: 100, bytes: 1 << 20, age: .seconds(86_400))

    /// Stays until the process ends: a bench may be released as soon as its last method has begun, and the folder must
    /// not vanish while it is still read.
    let folder: URL
    let ledger: Ledger

    var path: String { folder.appending(path: "paystate.db").path }

    init(
        quota: RejectionQuota = quota,
        capacity: Int = 8192,
        timeout: Duration = .seconds(5),
        checkpointStep: Int = 16_384
    ) throws {
        folder = try TemporaryFolder().url
        ledger = try Self.open(
            folder,
            quota: quota,
            capacity: capacity,
            timeout: timeout,
            checkpointStep: checkpointStep
        )
    }

    static func open(
        _ folder: URL,
        schedule: PollSchedule = schedule,
        quota: RejectionQuota = quota,
        capacity: Int = 8192,
        timeout: Duration = .seconds(5),
        checkpointStep: Int = 16_384
    ) throws -> Ledger {
        try Ledger(
            at: folder.appending(path: "paystate.db").path,
            accounts: [
                LedgerAccount(name: "ecp", gateway: "ecommpay", isFolded: false),
                LedgerAccount(name: "ecc", gateway: "ecomcharge", isFolded: true),
            ],
            schedule: schedule,
            quota: quota,
            capacity: capacity,
            timeout: timeout,
            checkpointStep: checkpointStep
        )
    }

    /// The rows of a query, each as the text of its columns; NULL is `-`.
    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        let reader = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? reader.close() }  // A reader left open is harmless.
        return try reader.read { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
                row.map { _, value in value.isNull ? "-" : String.fromDatabaseValue(value) ?? "\(value)" }.joined(
                    separator: " "
                )
            }
        }
    }

    /// Changes the file as another program could.
    func tamper(_ sql: String) throws {
        let writer = try DatabaseQueue(path: path)
        defer { try? writer.close() }  // The file is thrown away after the test.
        try writer.write { try $0.execute(sql: sql) }
    }

    @discardableResult
    func record(
        _ content: ReceivedCallback.Content,
        _ body: String? = nil,
        account: String = "ecp",
        at time: Int64 = 1000
    )
        async throws
        -> RecordResult
    {
        try await ledger.record(callback(content, body, account: account, at: time))
    }

    func callback(_ content: ReceivedCallback.Content, _ body: String?, account: String = "ecp", at time: Int64 = 1000)
        -> ReceivedCallback
    {
        let bytes = Array((body ?? "\(content)").utf8)
        return ReceivedCallback(
            account: account,
            body: bytes,
            digest: Self.digest(bytes),
            receivedAt: Timestamp(milliseconds: time),
            remoteAddress: "192.0.2.1",
            verdict: .valid,
            form: account == "ecp" ? "natural" : "basic",
            keyID: "1",
            content: content
        )
    }

    /// A stand-in for SHA-256: the ledger only needs 32 bytes that differ if the bodies do.
    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var hash: [UInt64] = [14_695_981_039_346_656_037, 1_099_511_628_211, 7, 13]
        for byte in bytes {
            for index in hash.indices {
                hash[index] = (hash[index] ^ UInt64(byte)) &* 1_099_511_628_211 &+ UInt64(index)
            }
        }
        return hash.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }
}

extension ReceivedCallback.Content {
    /// ecommpay's report on a payment with one operation.
    static func stated(
        _ word: String,
        _ state: State,
        id: String = "EP-1",
        operation: String = "501",
        kind: OperationKind = .payment,
        amount: Int64? = 5200,
        at seconds: Int64 = 10
    ) -> ReceivedCallback.Content {
        var payment = PaymentReport(id: id)
        payment.status = Status(word: word, state: state)
        payment.reference = id
        payment.type = "purchase"
        payment.purpose = .purchase
        payment.amount = 5200
        payment.currency = "EUR"
        payment.gatewayTime = Timestamp(milliseconds: seconds * 1000)
        var report = OperationReport(
            id: operation,
            kind: kind,
            status: Status(word: word, state: state.isUnpaidEnd ? .failed : .succeeded)
        )
        report.amount = amount
        report.currency = "EUR"
        report.gatewayTime = payment.gatewayTime
        return .report(Report(payment: payment, operations: [report]))
    }

    /// eComCharge's report on a transaction.
    static func transaction(
        _ uid: String,
        _ kind: OperationKind,
        parent: String? = nil,
        word: String = "successful",
        _ state: State = .succeeded,
        amount: Int64 = 500,
        reference: String? = nil,
        at seconds: Int64 = 10
    ) -> ReceivedCallback.Content {
        var report = OperationReport(id: uid, kind: kind, status: Status(word: word, state: state))
        report.parentID = parent
        report.amount = amount
        report.currency = "EUR"
        report.gatewayTime = Timestamp(milliseconds: seconds * 1000)
        var payment: PaymentReport?
        if parent == nil {
            payment = PaymentReport(id: uid)
            payment?.reference = reference
            payment?.type = kind.rawValue
            payment?.purpose = .purchase
        }
        return .report(Report(payment: payment, operations: [report]))
    }
}
