import Ledger
import Payments
import Synchronization
import TestSupport

/// The reports in bodies: a stand-in for the gateways' decoders, filled while a history is recorded.
final class Library: Sendable {
    private let reports = Mutex<[[UInt8]: Report]>([:])
    private let mentions = Mutex<[[UInt8]: Mention]>([:])

    /// A body that can be decoded again.
    func body(_ name: String, saying content: ReceivedCallback.Content) -> [UInt8] {
        let body = Array(name.utf8)
        switch content {
        case .report(let report), .unproven(let report): learn(body, report)
        case .undecodable(_, let mention): mentions.withLock { $0[body] = mention }
        }
        return body
    }

    func learn(_ body: [UInt8], _ report: Report) {
        reports.withLock { $0[body] = report }
    }

    func read(_ body: AuthenticatedBody) -> Result<Report, UnreadableBody> {
        guard let report = reports.withLock({ $0[body.bytes] }) else {
            return .failure(UnreadableBody(reason: "rubbish", naming: mentions.withLock { $0[body.bytes] }))
        }
        return .success(report)
    }

    /// Whether a ledger is what its evidence says. A rebuild reads files: on a server nothing is compared.
    func agrees(with bench: LedgerBench) throws -> Bool { try bench.engine != .file || check(bench.path).areNone }

    /// Compares a ledger with its evidence.
    func check(_ path: String) throws -> RebuildReport { try Rebuild(of: path, reading: read).check() }

    /// Repairs what differs.
    func mend(_ path: String) throws -> RebuildReport { try Rebuild(of: path, reading: read).mend() }
}
