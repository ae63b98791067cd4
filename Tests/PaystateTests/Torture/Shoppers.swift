import AsyncHTTPClient
import Daemon
import Foundation
import Gateways
import NIOCore
import NIOHTTP1
import Payments
import Sandbox
import Synchronization
import Telemetry

/// Senders of callbacks, each of which sends one after another, repeats those that were not acknowledged, and
/// occasionally one that was.
final class Shoppers: Sendable {
    private static let senders = 16
    /// Keeps the database of an hour small enough to be derived again within minutes.
    private static let pause = Duration.milliseconds(60)

    private struct State {
        var next = 0
        /// The digests of acknowledged callbacks, in the order of their first acknowledgements.
        var acknowledged: [[UInt8]] = []
        var refusals = 0
        var failures = 0
    }

    private let url: String
    private let series: CallbackSeries
    private let state = Mutex(State())

    /// - Parameter port: the daemon's, on this machine.
    init(to port: Int) {
        url = "http://127.0.0.1:\(port)/callbacks/ecp"
        let secret = Secret(name: "torture", bytes: Array(SandboxKeys.secret.utf8))
        series = CallbackSeries(projectID: SandboxKeys.projectID, secret: secret, at: .now())
    }

    /// The number of acknowledged callbacks, of other responses, and of requests without a response.
    var counts: (acknowledged: Int, refusals: Int, failures: Int) {
        state.withLock { ($0.acknowledged.count, $0.refusals, $0.failures) }
    }

    /// The acknowledged callbacks from the n-th on.
    func acknowledged(from index: Int) -> ArraySlice<[UInt8]> { state.withLock { $0.acknowledged[index...] } }

    /// Sends until it is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<Self.senders { group.addTask { await self.send() } }
        }
    }

    private func send() async {
        while !Task.isCancelled {
            let number = state.withLock { state in
                state.next += 1
                return state.next
            }
            guard let body = try? series.body(number) else { return }  // It has been signed a thousand times.
            while !(await isAcknowledged(body)) {
                guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
            }
            let digest = Gateways.digest(of: body)
            state.withLock { $0.acknowledged.append(digest) }
            if number.isMultiple(of: 10) { _ = await isAcknowledged(body) }
            guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
        }
    }

    private func isAcknowledged(_ body: [UInt8]) async -> Bool {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.body = .bytes(body)
        // The daemon may just have been killed.
        let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(5))
        switch answer?.status {
        case .ok?: return true
        case nil: state.withLock { $0.failures += 1 }
        case .some: state.withLock { $0.refusals += 1 }
        }
        return false
    }
}
