/// Makes eComCharge's bodies.
extension BodyGenerator {
    /// The first six are roots; the others are their children, or roots in reports that do not know better.
    static let uids = (0..<14).map { "uid-\($0)" }
    static let tokens = (0..<3).map { "token-\($0)" }
    static let subscriptions = (0..<2).map { "sbs_\($0)" }

    private static let words = [
        "successful", "successful", "successful", "pending", "incomplete", "failed", "expired", "error", "permanent",
    ]
    static let rootTypes = ["payment", "payment", "authorization", "authorization", "credit", "p2p"]
    static let childTypes = ["capture", "void", "refund", "chargeback"]

    mutating func ecomcharge() -> String {
        switch Int.random(in: 0..<8, using: &chance) {
        case 0: checkout(pick(Self.tokens))
        case 1: subscription(pick(Self.subscriptions))
        default: transaction(pick(Self.uids))
        }
    }

    mutating func transaction(_ uid: String) -> String {
        Self.object(["transaction": plainTransaction(uid)])
    }

    private mutating func plainTransaction(_ uid: String) -> String {
        let number = Self.uids.firstIndex(of: uid) ?? 0
        let isChild = number >= 6 && pick([true, true, true, false])
        return Self.object([
            "uid": Self.text(uid),
            "parent_uid": isChild ? Self.text(Self.uids[number % 6]) : nil,
            "type": word(isChild ? Self.childTypes : Self.rootTypes),
            "status": word(Self.words),
            "amount": amount(),
            "currency": currency(),
            "tracking_id": sometimes(Self.text(pick(["cart-1", "cart-2"]))),
            "test": sometimes(pick(["true", "false", "1", "0"])),
            "created_at": sometimes(time()),
            "updated_at": time(),
            "paid_at": sometimes(time()),
            "settled_at": sometimes(time()),
            "expired_at": sometimes(time()),
            "manually_corrected_at": pick([nil, nil, nil, time()]),
            "initial_amount": pick([nil, nil, amount()]),
            "surcharge_amount": pick([nil, nil, amount()]),
            "additional_data": sometimes(
                Self.object([
                    "adjustments": Self.object(["initial_amount": amount(), "adjustment_amount": amount()]),
                    "vendor": Self.object(["token": Self.text(Self.tokens[number % Self.tokens.count])]),
                ])
            ),
        ])
    }

    /// The answer about a token, which leads to the roots that name it, and to no others.
    mutating func checkout(_ token: String) -> String {
        let roots = Self.uids.prefix(6).enumerated().filter { Self.tokens[$0.offset % Self.tokens.count] == token }
        let uid = pick(roots.map(\.element))
        return Self.object([
            "checkout": Self.object([
                "token": Self.text(token),
                "finished": pick(["true", "false"]),
                "expired": pick(["true", "false", "false"]),
                "status": word(Self.words),
                "order": Self.object([
                    "amount": amount(), "currency": currency(), "tracking_id": Self.text("cart-1"),
                    "expired_at": sometimes(time()), "initial_amount": pick([nil, amount()]),
                ]),
                "gateway_response": sometimes(
                    Self.object(["payment": plainTransaction(uid)])
                ),
            ])
        ])
    }

    mutating func subscription(_ id: String) -> String {
        Self.object([
            "id": Self.text(id),
            "state": word(["active", "active", "trial", "canceled", "failed_attempt", "failed"]),
            "plan": Self.object([
                "title": Self.text("Monthly"), "currency": currency(), "amount": amount(),
                "plan": sometimes(Self.object(["amount": amount()])),
            ]),
            "paid_billing_cycles": pick([amount(), "1", "2", "9223372036854775807", "-9223372036854775808"]),
            "renew_at": time(),
            "active_to": time(),
            "last_transaction": sometimes(Self.object(["uid": Self.text(pick(Self.uids)), "created_at": time()])),
        ])
    }
}
