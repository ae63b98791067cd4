import AsyncHTTPClient
package import ConfigurationFile
import Daemon
import Ledger
import Payments
package import Sandbox
import ServiceLifecycle

/// A simulated merchant: registers each payment with the daemon, as a shop's program would, so that a payment without
/// any callback is found too.
package struct Merchant: Service {
    private let orders: AsyncStream<CreatedPayment>
    private let admin: AdminAddress

    package init(_ orders: AsyncStream<CreatedPayment>, admin: AdminAddress) {
        self.orders = orders
        self.admin = admin
    }

    package func run() async throws {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: AdminClient.configuration)
        await cancelWhenGracefulShutdown {
            for await order in orders { await tell(AdminClient(address: admin, http: http), of: order) }
        }
        try await http.shutdown()
    }

    /// Registers an order with the daemon, repeatedly while no daemon answers.
    private func tell(_ daemon: AdminClient, of order: CreatedPayment) async {
        guard let name = InstructionRequest.Name(order.entity) else { return }
        let expected = Expectation(reference: order.reference, amount: order.amount, currency: order.currency)
        let request = InstructionRequest(account: order.account, name: name, command: .watch(expected))
        while !Task.isCancelled {
            do throws(InstructionFailure) {
                _ = try await daemon.follow(request)
                return
            } catch {
                guard error.reason == .unavailable else { return }
            }
            try? await Task.sleep(for: .milliseconds(100))  // Fails only when cancelled, and then the loop ends.
        }
    }
}

extension InstructionRequest.Name {
    /// `nil` for an entity that cannot be watched.
    fileprivate init?(_ entity: Entity) {
        switch entity {
        case .payment(let id): self = .paymentID(id)
        case .checkout(let token): self = .token(token)
        case .operation, .subscription: return nil
        }
    }
}
