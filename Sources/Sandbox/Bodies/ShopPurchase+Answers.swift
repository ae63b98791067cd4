import LosslessJSON
import Payments

extension ShopPurchase {
    func answer(about name: String, at endpoint: Endpoint) -> JSON? {
        switch endpoint {
        case .checkouts:
            guard let checkout, checkout.token == name else { return nil }
            return ["checkout": body(of: checkout)]
        case .transactions where order.method == "credit_card",
            .bills where order.method == "erip",
            .otherTransactions where order.method != "credit_card" && order.method != "erip":
            return answer(name) { endpoint == .transactions || $0.parentUID == nil }
        case .refunds where order.method != "credit_card":
            return answer(name) { $0.parentUID != nil }
        case .transactions, .bills, .otherTransactions, .refunds, .paymentStatus, .subscriptions: return nil
        }
    }

    private func answer(_ uid: String, if isServed: (Transaction) -> Bool) -> JSON? {
        let all = payments.flatMap { [$0.root] + $0.children }
        guard let transaction = all.first(where: { $0.uid == uid && isServed($0) }) else { return nil }
        return ["transaction": body(of: transaction)]
    }

    var names: [String] {
        [firstUID] + [checkout?.token].compactMap(\.self) + payments.flatMap { [$0.root.uid] + $0.children.map(\.uid) }
    }

    var entity: Entity { checkout.map { .checkout(token: $0.token) } ?? .payment(id: firstUID) }
    var reference: String? { order.reference }
    var amount: Int64 { order.total }
    var currency: String { order.currency }

    func tell(_ groundTruth: inout GroundTruth, account: String, isAcknowledged: (String) -> Bool) {
        for payment in payments {
            groundTruth.payments.append(
                GroundTruth.Payment(
                    payment,
                    of: order,
                    checkout?.token,
                    account: account,
                    isAcknowledged: isAcknowledged
                )
            )
        }
        guard let checkout else { return }
        groundTruth.checkouts.append(
            GroundTruth.Checkout(
                account: account,
                token: checkout.token,
                reference: order.reference,
                state: checkout.isPaid ? .succeeded : checkout.hasExpired ? .expired : .pending,
                isAcknowledged: isAcknowledged(checkout.token)
            )
        )
    }
}

extension GroundTruth.Payment {
    init(
        _ payment: ShopPayment,
        of order: Order,
        _ token: String?,
        account: String,
        isAcknowledged: (String) -> Bool
    ) {
        let transactions = [payment.root] + payment.children
        self.init(
            account: account,
            id: payment.root.uid,
            reference: order.reference,
            checkoutToken: token,
            status: payment.root.status,
            state: payment.state,
            amount: payment.root.amount,
            currency: order.currency,
            refunded: payment.refunded,
            operations: transactions.map {
                GroundTruth.Operation(
                    id: $0.uid,
                    parentID: $0.parentUID,
                    type: $0.type,
                    status: $0.status,
                    state: $0.state,
                    amount: $0.omitsAmount ? nil : $0.amount
                )
            },
            isAcknowledged: transactions.contains { isAcknowledged($0.uid) }
        )
    }
}
