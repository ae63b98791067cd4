import Gateways
import LosslessJSON
import Payments

extension World {
    /// eComCharge's response to a request for a payment token.
    ///
    /// - Parameter base: the sandbox's own address as the shop sees it, without a slash at its end.
    mutating func reply(
        toCheckoutRequest body: [UInt8],
        authorization: String?,
        base: String,
        at now: Timestamp
    ) -> Reply {
        guard !misbehaviour.outage, outbox.count < settings.waiting else { return unavailable() }
        guard let account = shop(authorization) else { return Self.unauthorized }
        let request: CheckoutRequest
        do throws(InvalidCheckout) {
            request = try CheckoutRequest(body, at: now)
        } catch {
            return error.reply
        }
        var order = Order(
            amount: request.amount,
            currency: request.currency,
            reference: request.reference ?? newReference(),
            method: request.method,
            description: request.description
        )
        order.isHold = request.isHold
        order.usesCheckout = true
        order.attempts = request.attempts
        order.isTest = request.isTest || !settings.isReal
        order.urls = request.urls
        if let end = request.expiresAt { order.validity = end - now }
        let number = add(order, at: account, life: nil, now, freshChance, waitsForBuyer: true)
        appoint(.expire, .rest, for: number, at: now + settings.scaled(order.validity))
        guard case .checkout(let token) = entries[number]?.resource.entity else { return unavailable() }
        return Reply(
            201,
            [
                "checkout": [
                    "token": .string(token),
                    "redirect_url": .string("\(base)/\(PageKind.checkout.rawValue)?token=\(token)"),
                ]
            ]
        )
    }

    /// What a buyer's browser gets that opens a gateway's page, or chooses something on it.
    ///
    /// - Parameter choice: nil if the page is only opened.
    mutating func visit(_ kind: PageKind, _ query: String, _ choice: BuyerChoice?, at now: Timestamp) -> PageAnswer {
        do throws(PageProblem) {
            guard !misbehaviour.outage, outbox.count < settings.waiting else {
                throw PageProblem(status: 503, message: "The gateway is not available.")
            }
            guard let fields = FormFields(query) else {
                throw PageProblem(status: 400, message: "The query cannot be read, or names a parameter twice.")
            }
            switch kind {
            case .checkout: return try visitCheckout(fields["token"] ?? "", choice, at: now)
            case .payment: return try visitPaymentPage(PaymentPageRequest(fields), choice, at: now)
            }
        } catch {
            return .page(PaymentPage(error))
        }
    }

    private mutating func visitCheckout(
        _ token: String,
        _ choice: BuyerChoice?,
        at now: Timestamp
    ) throws(PageProblem) -> PageAnswer {
        let found = settings.accounts.indices.compactMap { self[Name(account: $0, id: token)] }.first
        guard let entry = found, entry.resource.entity == .checkout(token: token) else {
            throw PageProblem(status: 404, message: "There is no such payment token.")
        }
        guard let choice else {
            return .page(PaymentPage(entry.resource.order, obstacle: obstacle(to: entry, at: now)))
        }
        if let event = event(of: choice, in: entry.resource.order) { try pay(event, entry.number, at: now) }
        guard let address = entry.resource.order.urls.address(after: choice) else {
            return .page(PaymentPage(entry.resource.order, after: choice))
        }
        return .redirect(to: address + parameters(of: entry.number, token, after: address))
    }

    private mutating func visitPaymentPage(
        _ request: PaymentPageRequest,
        _ choice: BuyerChoice?,
        at now: Timestamp
    ) throws(PageProblem) -> PageAnswer {
        guard let account = project(.string(request.projectID)), request.isSigned(with: account.secret) else {
            throw PageProblem(status: 400, message: "The signature is wrong (3261).")
        }
        var order = Order(
            amount: request.amount,
            currency: request.currency,
            reference: request.paymentID,
            method: "card",
            description: request.description ?? "Order \(request.paymentID)"
        )
        order.isHold = request.isHold
        order.isTest = !settings.isReal
        order.urls = request.urls
        let entry = self[Name(account: account.index, id: request.paymentID)]
        guard let choice else {
            return .page(PaymentPage(order, obstacle: entry.flatMap { obstacle(to: $0, at: now) }))
        }
        // The gateway knows nothing of a payment before its buyer has confirmed it.
        if let event = event(of: choice, in: entry?.resource.order ?? order) {
            let number =
                entry?.number
                ?? add(order, at: account.index, life: nil, now, freshChance, waitsForBuyer: true)
            try pay(event, number, at: now)
        }
        guard let address = request.urls.address(after: choice) else {
            return .page(PaymentPage(order, after: choice))
        }
        return .redirect(to: address)
    }

    /// Why a buyer cannot begin to pay now; nil if nothing is in the way.
    private func obstacle(to entry: Entry, at now: Timestamp) -> String? {
        var (resource, chance) = (entry.resource, entry.chance)
        do throws(InvalidStep) {
            _ = try resource.happen(.begin, .rest, at: now, by: &chance)
            return nil
        } catch {
            return error.reason
        }
    }

    /// What a choice makes happen; nil for nothing.
    private func event(of choice: BuyerChoice, in order: Order) -> Event? {
        switch choice {
        case .pay: order.isHold ? Event.authorize : Event.succeed
        case .decline: .decline
        case .leave: nil
        }
    }

    /// Begins an attempt and concludes it at once: only the result is reported, so that no callback overtakes another.
    private mutating func pay(_ event: Event, _ number: Int, at now: Timestamp) throws(PageProblem) {
        do throws(InvalidStep) {
            try happen(.begin, .rest, to: number, at: now, isReported: false)
            try happen(event, .rest, to: number, at: now)
        } catch {
            throw PageProblem(status: 409, message: "It cannot be paid: \(error.reason).")
        }
    }

    /// What eComCharge adds to a shop's address; parameters that are there already stay.
    ///
    /// Source: eComCharge's "Accept the customer back" article.
    private func parameters(of number: Int, _ token: String, after address: String) -> String {
        var truth = GroundTruth()
        entries[number]?.resource.tell(&truth, account: "") { _ in false }
        let result = truth.payments.last.map { "&status=\($0.status)&uid=\($0.id)" } ?? ""
        return "\(address.contains("?") ? "&" : "?")token=\(token)\(result)"
    }

    /// The stream of random numbers of the next payment.
    private var freshChance: SeededGenerator { SeededGenerator(seed: settings.seed, stream: counters.created) }
}
