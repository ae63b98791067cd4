import LosslessJSON
import Payments

/// A request to the sandbox's API to create a payment.
struct PaymentRequest {
    let account: String
    /// What happens to the payment by itself; nil leaves that to whoever sent the request.
    let life: Life?
    let amount: Int64?
    let currency: String?
    let reference: String?
    let method: String?
    let isHold: Bool?
    let usesCheckout: Bool?
    let sumIsBalance: Bool?
    let refundsTakeTime: Bool?

    init(_ body: [UInt8]) throws(SandboxProblem) {
        let fields = try RequestFields(
            body,
            keys: [
                "account", "life", "amount_minor", "currency", "reference", "method", "hold", "checkout",
                "sum_is_balance", "refunds_take_time",
            ]
        )
        account = try fields.required("account")
        let life = try fields.text("life")
        self.life = life.flatMap(Life.init)
        if let life, self.life == nil {
            throw .request("«\(life)» is not a life: use \(Life.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        amount = try fields.amount("amount_minor")
        currency = try fields.text("currency")
        if let currency, Currency.exponents[currency] == nil {
            throw .request("«\(currency)» is not a currency: use three letters of ISO 4217")
        }
        reference = try fields.text("reference")
        method = try fields.text("method")
        isHold = try fields.flag("hold")
        usesCheckout = try fields.flag("checkout")
        sumIsBalance = try fields.flag("sum_is_balance")
        refundsTakeTime = try fields.flag("refunds_take_time")
    }
}

extension World {
    /// Creates a payment that was requested.
    mutating func make(_ request: PaymentRequest, at now: Timestamp) throws(SandboxProblem) -> JSON {
        guard let account = settings.accounts.firstIndex(where: { $0.name == request.account }) else {
            let names = settings.accounts.map(\.name).joined(separator: ", ")
            throw .request("there is no account «\(request.account)»: use \(names)")
        }
        guard outbox.count < settings.waiting else {
            throw SandboxProblem(status: 503, message: "too many callbacks wait to be sent: let the merchant take them")
        }
        let keys = settings.accounts[account].keys
        if let method = request.method, !keys.methods.contains(method) {
            throw .request(
                "«\(method)» is not a method of «\(request.account)»: use \(keys.methods.joined(separator: ", "))"
            )
        }
        var chance = SeededGenerator(seed: settings.seed, stream: counters.created)
        let reference = request.reference ?? newReference()
        var order = Order.drawn(for: request.life, at: keys, reference: reference, by: &chance)
        order.amount = request.amount ?? order.amount
        order.currency = request.currency ?? order.currency
        order.method = request.method ?? order.method
        order.isHold = request.isHold ?? order.isHold
        order.isTest = !settings.isReal
        switch keys {
        case .ecommpay:
            guard self[Name(account: account, id: reference)] == nil else {
                throw .conflict("payment «\(reference)» already exists; ecommpay accepts a reference once (code 3041)")
            }
            guard request.usesCheckout != true else {
                throw .request("ecommpay has no payment tokens: leave checkout out")
            }
            order.sumIsBalance = request.sumIsBalance ?? order.sumIsBalance
            order.refundsTakeTime = request.refundsTakeTime ?? order.refundsTakeTime
        case .ecomcharge:
            guard request.sumIsBalance == nil, request.refundsTakeTime == nil else {
                throw .request("sum_is_balance and refunds_take_time are of ecommpay's payments: leave them out")
            }
            // A requested amount is taken without a surcharge.
            order.surcharge = request.amount == nil && request.life != nil ? order.surcharge : .none
            order.usesCheckout = request.usesCheckout ?? (request.life.map { _ in order.usesCheckout } ?? false)
            order.attempts = request.life == nil ? 10 : order.attempts
        }
        let number = add(order, at: account, life: request.life, now, chance)
        _ = advance(to: now)
        return story(of: try find(String(number)))
    }

    /// Makes a requested event happen.
    mutating func happen(
        _ name: String,
        _ amount: Int64?,
        to id: String,
        at now: Timestamp
    ) throws(SandboxProblem) -> JSON {
        guard let event = Event(rawValue: name) else {
            throw .request("«\(name)» is not an event: use \(Event.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let entry = try find(id)
        do {
            try happen(event, amount.map { .exactly($0) } ?? .rest, to: entry.number, at: now)
        } catch {
            throw .conflict(error.reason)
        }
        return story(of: try find(id))
    }

    /// Finds a payment by its number, by any name that the gateway knows it by, or by its reference.
    func find(_ id: String) throws(SandboxProblem) -> Entry {
        if let number = Int(id), let entry = entries[number] { return entry }
        for account in settings.accounts.indices {
            if let entry = self[Name(account: account, id: id)] { return entry }
        }
        if let entry = entries.values.first(where: { $0.resource.reference == id }) { return entry }
        throw .notFound("there is no payment «\(id)»: see GET /sandbox/payments")
    }
}

extension SandboxAccount.Keys {
    /// The payment methods that the sandbox simulates.
    fileprivate var methods: [String] {
        switch self {
        case .ecommpay: ["card", "google_pay", Order.directDebit]
        case .ecomcharge: ["credit_card", "erip", "skrill"]
        }
    }
}
