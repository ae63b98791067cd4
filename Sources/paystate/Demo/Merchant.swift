import AsyncHTTPClient
import Daemon
import Ledger
import Payments
import Sandbox
import ServiceLifecycle

/// The merchant of the demo: tells the daemon of each payment that is asked for, as a shop's program would, so that also one of
/// which no callback ever comes is found.
struct Merchant: Service {
    let orders: AsyncStream<Made>
    let admin: AdminAddress

    func run() async throws {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: AdminClient.configuration)
        let daemon = AdminClient(address: admin, http: http)
        await cancelWhenGracefulShutdown {
            for await order in orders {
                guard let name = InstructionRequest.Name(order.entity) else { continue }
                let expected = Expectation(reference: order.reference, amount: order.amount, currency: order.currency)
                // What is not watched is found by its callback, or is missing in the reckoning at the end.
                _ = try? await daemon.follow(
                    InstructionRequest(account: order.account, name: name, command: .watch(expected))
                )
            }
        }
        try await http.shutdown()
    }
}

extension InstructionRequest.Name {
    /// `nil` for what is not watched.
    fileprivate init?(_ entity: Entity) {
        switch entity {
        case .payment(let id): self = .paymentID(id)
        case .checkout(let token): self = .token(token)
        case .operation, .subscription: return nil
        }
    }
}
