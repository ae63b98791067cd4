import ConfigurationFile
import Hummingbird
import Ledger
import Logging
import OperatorPage
import Payments

extension OperatorPage {
    /// The page of a ledger, whose buttons do what the JSON instructions do.
    init(
        _ ledger: Ledger,
        _ serving: CurrentConfiguration,
        version: String,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        @Sendable func accounts() -> [LedgerAccount] {
            serving.current.configuration.publicConfiguration.ledgerAccounts
        }
        self.init(
            reader: ledger.makeLazyReader(),
            location: ledger.location,
            version: version,
            accounts: { accounts().map(\.name).sorted() },
            unwritable: { ledger.unavailableReason(for: .callbacks)?.description },
            actions: PageActions(
                poll: { account, payment in
                    let request = InstructionRequest(account: account, name: .paymentID(payment), command: .poll)
                    return await Self.message(.polled) { () async throws(APIError) in
                        _ = try await ledger.follow(request, for: accounts(), at: now())
                    }
                },
                acknowledge: { anomaly, note in
                    await Self.message(.acknowledged) { () async throws(APIError) in
                        let request = try AcknowledgementRequest(anomaly: anomaly, note: note)
                        _ = try await ledger.acknowledge(request, at: now())
                    }
                },
                deliver: { order in
                    do throws(DeliveryOrderError) {
                        let result = try await ledger.deliver(order, at: now())
                        return result.targets.isEmpty ? .nothingToDeliver : .delivered
                    } catch {
                        logger.notice("a delivery was not ordered from the page", metadata: ["reason": "\(error)"])
                        return PageMessage(error)
                    }
                }
            ),
            logger: logger,
            now: now
        )
    }

    private static func message(
        _ done: PageMessage,
        _ act: () async throws(APIError) -> Void
    ) async -> PageMessage {
        do {
            try await act()
            return done
        } catch {
            return PageMessage(error)
        }
    }
}

extension PageMessage {
    fileprivate init(_ error: APIError) {
        self =
            switch error.status {
            case .serviceUnavailable: .notRecorded
            case .conflict: .closed
            case .badRequest: .badNote
            default: .unknown  // HTTP's set of statuses, not ours.
            }
    }

    fileprivate init(_ error: DeliveryOrderError) {
        self =
            switch error {
            case .unknownTarget, .noTarget: .noTarget
            case .unknownPayment, .unknownCallback, .severalAccounts: .unknown
            case .notForTarget: .notDeliverable
            case .notRecorded: .notRecorded
            }
    }
}
