import Gateways
package import LosslessJSON
import Payments

/// The response of a status endpoint.
package struct Reply: Sendable, Equatable {
    package var status: Int
    package var body: [UInt8]
    package var retryAfter: Duration?
    /// How long the response is delayed.
    package var delay = Duration.zero

    package init(_ status: Int, _ body: JSON) {
        self.status = status
        self.body = body.bytes
    }
}

extension World {
    /// ecommpay's response to a body that was posted to `/v2/payment/status`.
    package mutating func reply(toStatusRequest body: [UInt8]) -> Reply {
        counters.statusRequests += 1
        guard !misbehaviour.outage else { return unavailable() }
        guard let request = try? JSON(reading: body) else {  // Whatever is wrong with it, it is no status request.
            return Reply(400, ["status": "error", "code": "2003", "message": "Invalid JSON"])
        }
        let general = request["general"]
        guard let signature = general?["signature"]?.string, !signature.isEmpty else {
            return Reply(400, ["status": "error", "code": "3262", "message": "Signature is empty"])
        }
        guard let account = project(general?["project_id"]), request.signed(with: account.secret) == request,
            let id = general?["payment_id"]?.string
        else { return Reply(400, ["status": "error", "code": "3261", "message": "Invalid signature"]) }

        return reply(about: Name(account: account.index, id: id), at: .paymentStatus) { answer, isUnsigned in
            isUnsigned ? answer : answer.signed(with: account.secret)
        }
    }

    /// eComCharge's response to a GET with this `Authorization` header.
    package mutating func reply(about id: String, at endpoint: Endpoint, authorization: String?) -> Reply {
        counters.statusRequests += 1
        guard !misbehaviour.outage else { return unavailable() }
        guard let account = shop(authorization) else {
            return Self.unauthorized
        }
        return reply(about: Name(account: account, id: id), at: endpoint) { answer, _ in answer }
    }

    /// Responds, or misbehaves; how is drawn separately for each status request about a payment.
    private mutating func reply(
        about name: Name,
        at endpoint: Endpoint,
        sign: (_ answer: JSON, _ isUnsigned: Bool) -> JSON
    ) -> Reply {
        guard let entry = self[name] else { return Self.notFound(at: endpoint) }
        entries[entry.number]?.statusRequests += 1
        var chance = SeededGenerator(seed: settings.seed, stream: entry.number, -1, entry.statusRequests)
        let isLimited = chance.happens(misbehaviour.rateLimit)
        let fails = chance.happens(misbehaviour.fail)
        let isRubbish = chance.happens(misbehaviour.rubbish)
        let isSlow = chance.happens(misbehaviour.slow)
        let isUnsigned = chance.happens(misbehaviour.unsigned)
        let isForeign = chance.happens(misbehaviour.foreign)
        if isLimited || fails || isRubbish || isSlow || isUnsigned || isForeign { counters.misanswered += 1 }

        var reply: Reply
        if isLimited {
            reply = Reply(429, ["message": "Too many requests."])
            reply.retryAfter = misbehaviour.retryAfter
        } else if fails {
            reply = Reply(500, ["message": "Internal server error."])
        } else if isRubbish {
            reply = Reply(200, .null)
            reply.body = Array("<html><body>It works!</body></html>".utf8)
        } else if let answer = entry.resource.answer(about: name.id, at: endpoint) {
            reply = Reply(200, sign(isForeign ? answer.about("\(name.id)-else") : answer, isUnsigned))
        } else {
            reply = Self.notFound(at: endpoint)
        }
        if isSlow { reply.delay = misbehaviour.slowness }
        return reply
    }

    /// eComCharge's response to wrong credentials.
    static let unauthorized = Reply(
        401,
        ["message": "Invalid shop_id/secret_key.", "errors": ["system": ["System error."]]]
    )

    func unavailable() -> Reply { Reply(503, ["message": "Service unavailable."]) }

    /// The response about an unknown name. ecommpay responds with 200, without a signature, as long as a payment is not
    /// registered.
    private static func notFound(at endpoint: Endpoint) -> Reply {
        switch endpoint {
        case .paymentStatus:
            Reply(
                200,
                [
                    "payment": ["status": "error"],
                    "errors": [["code": "3061", "message": "Transaction not found"]],
                ]
            )
        case .transactions: Reply(404, ["response": ["message": "Record not found"]])
        case .checkouts, .bills, .otherTransactions, .refunds, .subscriptions: Reply(404, ["message": "Not found."])
        }
    }

    /// The account of a project; the signature does not distinguish a string from a number, so either is accepted.
    func project(_ id: JSON?) -> (index: Int, secret: Secret)? {
        for (index, account) in settings.accounts.enumerated() {
            guard case .ecommpay(let projectID, let secret) = account.keys else { continue }
            if id == .integer(projectID) || id == .string(String(projectID)) { return (index, secret) }
        }
        return nil
    }

    func shop(_ authorization: String?) -> Int? {
        settings.accounts.firstIndex { account in
            guard case .ecomcharge(let shopID, let secret, _) = account.keys else { return false }
            return authorization == SandboxAccount.basic(shopID, secret)
        }
    }
}

extension JSON {
    /// The answer with another name in place of the one that was polled.
    fileprivate func about(_ other: String) -> JSON {
        guard case .object(let members) = self else { return self }
        for (wrapper, name) in [("payment", "id"), ("transaction", "uid"), ("checkout", "token")] {
            guard let member = members.first(where: { $0.key == wrapper }) else { continue }
            return with([wrapper: member.value.with([name: .string(other)])])
        }
        return with(["id": .string(other)])
    }
}
