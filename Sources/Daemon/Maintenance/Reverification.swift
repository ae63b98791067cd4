package import ConfigurationFile
import Gateways
package import Ledger
package import Payments

/// Judges rejected callbacks again, in order, with the accounts' current keys.
///
/// A callback that is proved after a key was corrected is recorded like any other callback, and leaves `rejected`; the
/// rest stay. Basic credentials are never kept, so requests that need them cannot be judged again.
package struct Reverification: Sendable {
    private let ledger: Ledger
    private let accounts: @Sendable () -> [Account]
    private let now: @Sendable () -> Timestamp

    /// The number of rejected requests that are judged and recorded in one transaction: small enough not to delay
    /// callbacks that arrive meanwhile, nor to take much memory.
    private static let batch = 32

    /// - Parameters:
    ///   - ledger: it is read in parallel with its writer.
    ///   - accounts: returns the accounts that are configured now.
    package init(
        _ ledger: Ledger,
        now: @escaping @Sendable () -> Timestamp,
        accounts: @escaping @Sendable () -> [Account]
    ) {
        self.ledger = ledger
        self.now = now
        self.accounts = accounts
    }

    /// Judges what has been rejected so far; what is rejected meanwhile is left for the next time.
    ///
    /// It may be interrupted and restarted at any point: what was recorded stays recorded.
    ///
    /// - Parameter account: the only account to judge; `nil` means all accounts.
    package func run(of account: String?) async throws(APIError) -> ReverificationAnswer {
        let accounts = accounts()
        if let account, !accounts.contains(where: { $0.name == account }) {
            throw .unknownAccount(account, known: accounts.map(\.name))
        }
        let gateways = Dictionary(uniqueKeysWithValues: accounts.map { ($0.name, $0.gateway) })
        var answer = ReverificationAnswer(accounts.map(\.name).filter { account == nil || account == $0 })
        var done: Int64 = 0
        let reader = try reading { try ledger.makeReader() }
        let last = try reading { try reader.lastRejection() }
        while !Task.isCancelled {
            let kept = try reading {
                try reader.rejections(of: account, after: done, through: last, limit: Self.batch)
            }
            guard let end = kept.last else { return answer }
            done = end.id
            var proved: [ReverifiedRequest] = []
            for rejection in kept {
                switch judge(rejection, gateways[rejection.account]) {
                case .proved(let callback):
                    proved.append(ReverifiedRequest(rejection: rejection.id, callback: callback))
                case .refused: answer.count(.refused, of: rejection.account)
                case .unjudgeable: answer.count(.unjudgeable, of: rejection.account)
                }
            }
            try await record(proved, &answer)
        }
        throw .notRecorded(.isClosed)
    }

    private enum ReauthenticationResult {
        case proved(ReceivedCallback)
        case refused
        case unjudgeable
    }

    private func judge(_ rejection: StoredRejection, _ gateway: (any Gateway)?) -> ReauthenticationResult {
        guard let gateway, rejection.reason != Rejection.unauthenticated.reason else { return .unjudgeable }
        do {
            let callback = Callback(body: rejection.body, contentSignature: rejection.signature)
            let authentic = try gateway.authenticate(callback)
            return .proved(
                ReceivedCallback(
                    of: callback,
                    provedAs: authentic,
                    by: gateway,
                    account: rejection.account,
                    receivedAt: rejection.receivedAt,
                    reverifiedAt: now(),
                    remoteAddress: rejection.remoteAddress
                )
            )
        } catch {
            switch error {
            case .unauthenticated: return .unjudgeable
            case .forged, .foreign, .malformed: return .refused
            }
        }
    }

    /// Records a batch; a request that makes it fail stays rejected, and the others are recorded without it.
    private func record(
        _ proved: [ReverifiedRequest],
        _ answer: inout ReverificationAnswer
    ) async throws(APIError) {
        guard !proved.isEmpty else { return }
        do {
            for (reverified, recorded) in zip(proved, try await ledger.record(proved)) {
                // Another reverification recorded it meanwhile, or it was dropped for newer ones.
                guard let recorded else { continue }
                answer.count(recorded.isDuplicate ? .duplicate : .proved, of: reverified.callback.account)
            }
        } catch {
            switch error {
            case .isRefused where proved.count > 1:
                for one in proved { try await record([one], &answer) }
            case .isRefused: answer.count(.unrecorded, of: proved[0].callback.account)
            case .queueIsFull, .isClosed, .isUnwritable: throw .notRecorded(error)
            }
        }
    }

    private func reading<Output>(_ work: () throws -> Output) throws(APIError) -> Output {
        do {
            return try work()
        } catch {
            throw .notRecorded(.isUnwritable(reason: "\(error)"))
        }
    }
}
