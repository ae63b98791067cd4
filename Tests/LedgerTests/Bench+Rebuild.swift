import Foundation
import GRDB
import Ledger
import Payments
import Synchronization

extension Bench {
    /// What bodies say: a stand-in for the gateways' decoders, filled as the ledger is.
    final class Library: Sendable {
        private let reports = Mutex<[[UInt8]: Report]>([:])

        /// The content as a body that can be read again.
        func body(of content: Receipt.Content) -> [UInt8] {
            switch content {
            case .report(let report), .unproven(let report):
                let body = Array("\(report)".utf8)
                reports.withLock { $0[body] = report }
                return body
            case .undecodable(let reason): return Array("rubbish: \(reason)".utf8)
            }
        }

        func read(_ body: ProvenBody) -> Result<Report, UnreadableBody> {
            guard let report = reports.withLock({ $0[body.bytes] }) else {
                let text = String(decoding: body.bytes, as: UTF8.self)
                return .failure(UnreadableBody(reason: String(text.dropFirst("rubbish: ".count))))
            }
            return .success(report)
        }
    }

    func check(_ library: Library) throws -> Findings {
        try Rebuild(of: path, reading: library.read).check()
    }

    /// Derives again and puts right, as it is done while no daemon runs.
    func mend(_ library: Library) async throws -> Findings {
        try Rebuild(of: path, reading: library.read).mend()
    }
}
