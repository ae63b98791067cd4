import Hummingbird
package import Ledger
package import Payments

extension AdminResponder {
    /// Serves `POST /v1/deliver`. It responds when the order is durable, not when everything is delivered.
    func addDelivery(to router: Router<BasicRequestContext>) {
        let path = RouterPath("/v1/deliver")
        router.post(path) { request, _ in try await deliver(request) }
        refuseOtherMethods(on: path, of: router)
    }

    private func deliver(_ request: Request) async throws -> Response {
        do {
            let delivery = try DeliveryRequest(body: try await json(in: request))
            return try Response(status: .ok, json: try await ledger.deliver(delivery, at: now()))
        } catch let refusal as APIError {
            return try Response(refusal: refusal)
        }
    }
}

extension Ledger {
    /// Carries out an order on behalf of the caller, and returns once that is durable; one for no target is refused.
    package func deliver(_ request: DeliveryRequest, at now: Timestamp) async throws(APIError) -> DeliveryAnswer {
        let order = request.order
        let result: DeliveryOrderResult
        do {
            result = try await deliver(order, at: now)
        } catch {
            switch error {
            case .unknownTarget(let name, let known): throw .unknownTarget(name, known: known)
            case .unknownPayment(let id): throw .unknownPayment(id)
            case .unknownCallback(let number): throw .unknownCallback(number)
            case .severalAccounts(let accounts): throw .severalAccounts(accounts)
            case .noTarget: throw .noTarget(account: order.account)
            case .notForTarget(let reason): throw .notForTarget(reason: reason)
            case .notRecorded(let error): throw .notRecorded(error)
            }
        }
        guard !result.targets.isEmpty else { throw .noTarget(account: order.account) }
        return DeliveryAnswer(forwards: result.forwards, targets: result.targets, dropped: order.drops)
    }
}
