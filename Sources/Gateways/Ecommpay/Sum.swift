/// An amount and its currency as ecommpay writes them: as an object, or as a number with `currency` beside it (the older
/// form of `operations[].sum`).
struct Sum {
    let amount: Int64?
    let currency: String?

    init(_ key: String, in fields: Fields) throws(Undecodable) {
        if let object = try fields.container(deciding: key) {
            amount = try object.amount(deciding: "amount")
            currency = try object.text(deciding: "currency")
        } else {
            amount = try fields.amount(deciding: key)
            currency = amount == nil ? nil : try fields.text(deciding: "currency")
        }
    }

    var isSaid: Bool { amount != nil }
}
