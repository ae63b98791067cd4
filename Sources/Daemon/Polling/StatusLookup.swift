package import Gateways
package import Payments

/// Asks one account's gateway about one entity at a time.
package struct StatusLookup: Sendable {
    private let gateway: any Gateway
    private let client: GatewayClient
    private let now: @Sendable () -> Timestamp

    package init(_ gateway: any Gateway, client: GatewayClient, now: @escaping @Sendable () -> Timestamp) {
        self.gateway = gateway
        self.client = client
        self.now = now
    }

    /// Puts the gateway's questions one after the other, until one is not refused.
    ///
    /// Which service knows a transaction depends on the method, and the others refuse for reasons that are not the account's:
    /// not only by 404. Where all refuse, «not found» is what counts if any of them said so, for that one let us in: the
    /// secret is right, and the account must not be paused for the others' sake. Else «unauthorized» does, which is what all
    /// of them say to a wrong secret; else what the first one said.
    ///
    /// - Parameters:
    ///   - method: The payment's, in the gateway's own word.
    ///   - remembered: The endpoint that knew the last time.
    ///   - permit: Is waited for before each request but the first, which whoever calls has leave for.
    /// - Returns: The request that decided; nil if the gateway cannot be asked about such a thing.
    /// - Throws: What the permit throws, or `CancellationError`.
    package func ask(
        about entity: Entity,
        method: String?,
        remembered: String?,
        permit: @Sendable () async throws -> Void
    ) async throws -> PollAttempt? {
        var refusals: [PollAttempt] = []
        for question in gateway.statusRequests(about: entity, method: method, remembered: remembered) {
            if !refusals.isEmpty { try await permit() }
            let attempt = try await ask(question, about: entity)
            guard attempt.isRefusal else { return attempt }
            refusals.append(attempt)
        }
        return refusals.last { $0.result == .notFound }
            ?? refusals.first { $0.result == .unauthorized }
            ?? refusals.first
    }

    private func ask(_ question: StatusRequest, about entity: Entity) async throws -> PollAttempt {
        let askedAt = now()
        switch try await client.send(question) {
        case .trouble(let trouble):
            return PollAttempt(question, at: askedAt, trouble: trouble)
        case .answered(let answer, let retryAfter):
            return PollAttempt(
                question,
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
    /// Whether another service may know what this one did not want to be asked: by the HTTP statuses with which services refuse
    /// what is another's.
    fileprivate var isRefusal: Bool {
        switch result {
        case .notFound, .unauthorized, .undecodable: [400, 401, 403, 404, 422].contains(httpStatus)
        case .report, .rateLimited, .unavailable, .foreign, .interrupted: false
        }
    }
}
