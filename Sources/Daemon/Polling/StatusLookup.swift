package import Gateways
package import Payments

/// Polls one account's gateway about one entity at a time.
package struct StatusLookup: Sendable {
    private let gateway: any Gateway
    private let client: GatewayClient
    private let now: @Sendable () -> Timestamp

    package init(_ gateway: any Gateway, client: GatewayClient, now: @escaping @Sendable () -> Timestamp) {
        self.gateway = gateway
        self.client = client
        self.now = now
    }

    /// Sends the gateway's status requests one after another, until one is not refused.
    ///
    /// Which service knows a transaction depends on the method, and the others refuse for reasons unrelated to the
    /// account, not only with 404. If all refuse, «not found» counts if any of them answered so, because that one
    /// accepted our credentials: the secret is right, and the account must not be paused because of the others.
    /// Otherwise «unauthorized» counts, which is what all of them answer to a wrong secret; otherwise the first answer.
    ///
    /// - Parameters:
    ///   - method: The payment's, in the gateway's own word.
    ///   - remembered: The endpoint that knew the entity the last time.
    ///   - permit: Awaited before each request but the first, for which the caller already has a permit.
    /// - Returns: The request that decided; `nil` if the gateway cannot be asked about such an entity.
    /// - Throws: What the permit throws, or `CancellationError`.
    package func poll(
        _ entity: Entity,
        method: String?,
        remembered: String?,
        permit: @Sendable () async throws -> Void
    ) async throws -> PollAttempt? {
        var refusals: [PollAttempt] = []
        for request in gateway.statusRequests(about: entity, method: method, remembered: remembered) {
            if !refusals.isEmpty { try await permit() }
            let attempt = try await send(request, about: entity)
            guard attempt.isRefusal else { return attempt }
            refusals.append(attempt)
        }
        return refusals.last { $0.result == .notFound }
            ?? refusals.first { $0.result == .unauthorized }
            ?? refusals.first
    }

    private func send(_ request: StatusRequest, about entity: Entity) async throws -> PollAttempt {
        let askedAt = now()
        switch try await client.send(request) {
        case .trouble(let trouble):
            return PollAttempt(request, at: askedAt, trouble: trouble)
        case .answered(let answer, let retryAfter):
            return PollAttempt(
                request,
                at: askedAt,
                answer: answer,
                at: now(),
                result: gateway.read(answer, about: entity),
                retryAfter: retryAfter
            )
        }
    }
}

extension PollAttempt {
    /// Whether another service may know the entity that this one refused: judged by the HTTP statuses with which
    /// services refuse what belongs to another.
    fileprivate var isRefusal: Bool {
        switch result {
        case .notFound, .unauthorized, .undecodable: [400, 401, 403, 404, 422].contains(httpStatus)
        case .report, .rateLimited, .unavailable, .foreign, .interrupted: false
        }
    }
}
