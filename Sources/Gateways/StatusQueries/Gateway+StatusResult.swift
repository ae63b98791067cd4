package import Payments

extension Gateway {
    /// Reads a response: the HTTP status first, then the same steps as for a callback, then whether it is about the
    /// polled entity.
    package func read(_ response: StatusResponse, about entity: Entity) -> StatusResult {
        switch response.status {
        case 401, 403: .unauthorized
        case 408: .unavailable
        case 429: .rateLimited
        case 200..<300, 400..<500: readBody(of: response, about: entity)
        default: .unavailable
        }
    }

    private func readBody(of response: StatusResponse, about entity: Entity) -> StatusResult {
        do {
            return try decode(authenticate(response)).statusResult(about: entity)
        } catch let result as StatusResult {
            return result
        } catch {
            return .undecodable("\(error)")
        }
    }
}

extension Report {
    /// This authentic report as the result of a poll of an entity.
    ///
    /// It must state the entity's status: an answer that leaves it open resolves nothing. Names are compared as bytes,
    /// because `String` would call different ones equal.
    func statusResult(about entity: Entity) -> StatusResult {
        guard !isEmpty else { return .undecodable("the body says nothing about what was polled") }
        guard names(of: entity).contains(where: { $0.utf8.elementsEqual(entity.id.utf8) }) else { return .foreign }
        guard states(entity) else { return .undecodable("the body does not give its status") }
        return .report(self)
    }

    /// The names of entities of that kind in the report. A child names no payment; an operation beside a payment is not
    /// polled by its own name.
    private func names(of entity: Entity) -> [String] {
        switch entity {
        case .payment, .operation: payment.map { [$0.id] } ?? operations.map(\.id)
        case .checkout: checkout.map { [$0.token] } ?? []
        case .subscription: subscription.map { [$0.id] } ?? []
        }
    }

    private func states(_ entity: Entity) -> Bool {
        switch entity {
        case .payment, .operation: payment?.status != nil || !operations.isEmpty
        case .checkout, .subscription: true
        }
    }
}
