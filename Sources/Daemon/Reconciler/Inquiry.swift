package import Gateways
package import Payments

/// Asks one account's gateway about one entity at a time.
package struct Inquiry: Sendable {
    private let gateway: any Gateway
    private let client: GatewayClient
    private let now: @Sendable () -> Moment

    package init(_ gateway: any Gateway, client: GatewayClient, now: @escaping @Sendable () -> Moment) {
        self.gateway = gateway
        self.client = client
        self.now = now
    }

    /// Puts the gateway's questions one after the other, until one is answered by anything but 404.
    ///
    /// - Parameters:
    ///   - method: The payment's, in the gateway's own word.
    ///   - remembered: The endpoint that knew the last time.
    ///   - permit: Is waited for before each request but the first, which whoever calls has leave for.
    /// - Returns: The request that decided, else the last; nil if the gateway cannot be asked about such a thing.
    /// - Throws: What the permit throws, or `CancellationError`.
    package func ask(
        about entity: Entity,
        method: String?,
        remembered: String?,
        permit: @Sendable () async throws -> Void
    ) async throws -> Asked? {
        var asked: Asked?
        for question in gateway.questions(about: entity, method: method, remembered: remembered) {
            if asked != nil { try await permit() }
            let next = try await ask(question, about: entity)
            asked = next
            guard next.httpStatus == 404, next.reading == .notFound else { break }
        }
        return asked
    }

    private func ask(_ question: Question, about entity: Entity) async throws -> Asked {
        let askedAt = now()
        switch try await client.send(question) {
        case .trouble(let trouble):
            return Asked(question, at: askedAt, trouble: trouble)
        case .answered(let answer, let retryAfter):
            return Asked(
                question,
                at: askedAt,
                answer: answer,
                at: now(),
                reading: gateway.read(answer, about: entity),
                retryAfter: retryAfter
            )
        }
    }
}
