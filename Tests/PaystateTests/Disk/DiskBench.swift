import AsyncHTTPClient
import Foundation
import Gateways
import Ledger
import NIOCore
import NIOHTTP1
import Payments
import Sandbox
import TestSupport

/// The real program on a disk that fails on demand: `FaultyDisk` is preloaded into it.
final class DiskBench {
    /// The disk's faults; see `FaultyDisk.c`.
    enum Fault: String {
        case fsync, full, quota, readonly, short
    }

    struct Answer {
        let status: UInt
        let text: String
        let retryAfter: String?
    }

    let daemon: DaemonProcess
    private let faults: TemporaryFolder
    /// The payments whose callbacks were acknowledged.
    private(set) var acknowledged: Set<String> = []
    private var count: Int64 = 0

    init() throws {
        faults = try TemporaryFolder()
        daemon = try DaemonProcess(
            gateways: unusedPort(),
            environment: [
                "FAULTY_DISK": faults.path,
                "LD_PRELOAD": ProgramRun.products.appending(path: "libFaultyDisk.so").path,
            ]
        )
    }

    deinit {
        daemon.remove()
        faults.remove()
    }

    func begin(_ fault: Fault, _ text: String = "") throws {
        try faults.write(text, to: fault.rawValue)
    }

    func end(_ fault: Fault) throws {
        try FileManager.default.removeItem(at: faults.file(fault.rawValue))
    }

    /// Posts the callback of another payment, and counts it if it is acknowledged; `nil` if no response comes.
    @discardableResult
    func post() async throws -> Answer? {
        count += 1
        return try await post(count)
    }

    /// Posts the last callback again.
    func postAgain() async throws -> Answer? {
        try await post(count)
    }

    /// Posts callbacks until one is refused, or 200 are not.
    func postUntilRefused() async throws -> Answer? {
        for _ in 0..<200 {
            let answer = try await post()
            if answer?.status != 200 { return answer }
        }
        return nil
    }

    func get(_ path: String) async throws -> Answer {
        try await ask(HTTPClientRequest(url: "http://127.0.0.1:\(daemon.admin)\(path)"))
    }

    /// Watches a payment of which no callback comes.
    func watch(_ payment: String) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(daemon.admin)/v1/watch")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: #"{"account":"ecp","payment_id":"\#(payment)"}"#))
        return try await ask(request)
    }

    /// The payments that the ledger knows.
    func payments() throws -> [ViewRow] {
        try LedgerReader(at: .file(path: daemon.database)).payments(
            PaymentFilter(account: nil, state: nil, isOverdue: false, now: Timestamp(milliseconds: 0), limit: 10_000)
        )
    }

    func recorded() throws -> Set<String> {
        Set(try payments().map { $0.text("payment_id") })
    }

    private func post(_ number: Int64) async throws -> Answer? {
        let secret = Secret(name: "test", bytes: Array(SandboxKeys.secret.utf8))
        let moment = Timestamp(milliseconds: 1_800_000_000_000 + number * 1000)
        let body = SampleCallback.ecommpay(projectID: Int(SandboxKeys.projectID), secret: secret, at: moment)
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(daemon.callbacks)/callbacks/ecp")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: body))
        let answer: Answer
        do {
            answer = try await ask(request)
        } catch is HTTPClientError {
            return nil
        }
        if answer.status == 200 { acknowledged.insert("ORDER-\(moment.milliseconds / 1000)") }
        return answer
    }

    private func ask(_ request: HTTPClientRequest) async throws -> Answer {
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        return Answer(
            status: answer.status.code,
            text: text,
            retryAfter: answer.headers.first(name: "Retry-After")
        )
    }
}
