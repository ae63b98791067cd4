package import Ledger

/// An order to deliver again, or to give up: the JSON body of `POST /v1/deliver`, which may be empty.
package struct DeliveryRequest: Encodable, Sendable, Equatable {
    private static let keys = ["target", "account", "payment_id", "callback", "from_seq", "drop"]

    package let order: DeliveryOrder

    /// Reads fields by key; each key must be known, and each value usable.
    package init(_ fields: [String: InstructionRequest.Field]) throws(APIError) {
        if let unknown = fields.keys.filter({ !Self.keys.contains($0) }).min() {
            throw .unknownKey(unknown, known: Self.keys)
        }
        var selections: [(key: String, selection: DeliveryOrder.Selection)] = []
        if let id = try InstructionRequest.name(fields["payment_id"], "payment_id") {
            selections.append(("payment_id", .payment(id: id)))
        }
        if let number = try Self.number(fields["callback"], "callback", of: "`id` of the view `callbacks`") {
            selections.append(("callback", .callback(number)))
        }
        if let seq = try Self.number(fields["from_seq"], "from_seq", of: "`seq` of the view `transitions`") {
            selections.append(("from_seq", .fromSeq(seq)))
        }
        guard selections.count <= 1 else { throw .severalSelections(selections.map { $0.key }) }
        let drops = try Self.flag(fields["drop"], "drop")
        if drops, selections.first?.key == "from_seq" {
            throw .unusable(key: "drop", wanted: "left out with from_seq, which passes over what comes before it")
        }
        order = DeliveryOrder(
            target: try InstructionRequest.name(fields["target"], "target"),
            account: try InstructionRequest.name(fields["account"], "account"),
            selection: selections.first?.selection ?? .undelivered,
            drops: drops
        )
    }

    init(body: [UInt8]) throws(APIError) {
        try self.init(body.isEmpty ? [:] : InstructionRequest.fields(in: body))
    }

    private static func number(
        _ field: InstructionRequest.Field?,
        _ key: String,
        of column: String
    ) throws(APIError) -> Int64? {
        guard let field, field != .null else { return nil }
        guard case .number(let digits) = field, let number = Int64(digits), number > 0 else {
            throw .unusable(key: key, wanted: "a number from the column \(column), such as 17")
        }
        return number
    }

    private static func flag(_ field: InstructionRequest.Field?, _ key: String) throws(APIError) -> Bool {
        switch field {
        case .null, nil: return false
        case .flag(let isSet): return isSet
        case .text, .number, .other: throw .unusable(key: key, wanted: "true or false")
        }
    }

    private enum CodingKeys: String, CodingKey {
        case target
        case account
        case paymentID = "payment_id"
        case callback
        case fromSeq = "from_seq"
        case drop
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(order.target, forKey: .target)
        try container.encodeIfPresent(order.account, forKey: .account)
        switch order.selection {
        case .undelivered: break
        case .payment(let id): try container.encode(id, forKey: .paymentID)
        case .callback(let number): try container.encode(number, forKey: .callback)
        case .fromSeq(let seq): try container.encode(seq, forKey: .fromSeq)
        }
        try container.encode(order.drops, forKey: .drop)
    }
}

/// The result of an order, once it is durable: the JSON of the response to `POST /v1/deliver`.
package struct DeliveryAnswer: Codable, Sendable, Equatable {
    /// Callbacks that are sent again, or given up, now.
    package let forwards: Int
    /// The targets concerned, such as `forward eu-shop/shop` and `notify app`.
    package let targets: [String]
    /// Whether they were given up.
    package let dropped: Bool

    package init(forwards: Int, targets: [String], dropped: Bool) {
        self.forwards = forwards
        self.targets = targets
        self.dropped = dropped
    }
}
