import Payments

extension Report {
    /// What this authentic report comes to as the answer to a question about an entity.
    ///
    /// It must state how that entity stands: an answer that leaves it open settles nothing. Names are compared as bytes;
    /// `String` would call different ones equal.
    func reading(about entity: Entity) -> Reading {
        guard !isEmpty else { return .undecodable("the body says nothing of what was asked about") }
        guard names(of: entity).contains(where: { $0.utf8.elementsEqual(entity.id.utf8) }) else { return .foreign }
        guard states(entity) else { return .undecodable("the body does not say how it stands") }
        return .report(self)
    }

    /// Whom the report is about, of the kind that the entity is. A child names no payment; an operation beside a payment is
    /// not asked about by its own name.
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
