import LosslessJSON
package import Payments

extension EComCharge {
    /// A collection whose members can be requested; its path is the word that is remembered.
    private enum Endpoint: String {
        /// Cards, and what belongs to their payments.
        case transactions
        /// ERIP.
        case payments = "beyag/payments"
        /// Every other method.
        case otherTransactions = "beyag/transactions"
        /// Refunds of ERIP and of every other method.
        case refunds = "beyag/refunds"
        case checkouts = "ctp/api/checkouts"
        case subscriptions
    }

    package func statusRequests(about entity: Entity, method: String?, remembered: String?) -> [StatusRequest] {
        guard !entity.id.isEmpty else { return [] }
        let endpoints = endpoints(for: entity, method: method)
        let first = endpoints.filter { $0.rawValue == remembered }
        let others = endpoints.filter { $0.rawValue != remembered }
        return (first + others).map { endpoint in
            StatusRequest(
                endpoint: endpoint.rawValue,
                method: .get,
                url: address(of: endpoint).url(endpoint.rawValue, id: entity.id),
                headers: [("Authorization", credentials.authorization), ("Accept", "application/json")],
                body: []
            )
        }
    }

    /// A uid does not show what kind of transaction it belongs to, so the endpoints that may know it are tried in turn.
    private func endpoints(for entity: Entity, method: String?) -> [Endpoint] {
        switch entity {
        case .payment:
            switch method?.lowercased() {
            case nil, "credit_card": [.transactions, .payments, .otherTransactions]
            case "erip": [.payments, .otherTransactions, .transactions]
            case .some: [.otherTransactions, .payments, .transactions]
            }
        case .operation: [.transactions, .refunds]
        case .checkout: [.checkouts]
        case .subscription: [.subscriptions]
        }
    }

    private func address(of endpoint: Endpoint) -> ServiceURL {
        switch endpoint {
        case .transactions: gateway
        case .checkouts: checkout
        case .payments, .otherTransactions, .refunds, .subscriptions: api
        }
    }
}

extension EComCharge {
    /// Responses are not signed: they are proved by the connection, which we opened to an address from the
    /// configuration.
    package func authenticate(_ response: StatusResponse) throws(StatusResult) -> Authentic {
        guard response.status != 404 else { throw .notFound }
        guard response.isSuccess else { throw response.unexpectedStatus }
        let document = try response.document()
        guard response.status == 200 else { throw response.unexpectedStatus }
        guard isOurs(document.root) else { throw .foreign }
        return Authentic(verdict: .valid, form: .basic, keyID: credentials.name, document: document)
    }
}
