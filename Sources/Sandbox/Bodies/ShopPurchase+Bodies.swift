import LosslessJSON
import Payments

extension ShopPurchase {
    /// The body of a transaction in callbacks and status answers.
    func body(of transaction: Transaction) -> JSON {
        if let parent = payments.first(where: { $0.root.uid == transaction.parentUID })?.root {
            return transaction.childBody(of: parent, order)
        }
        let body = transaction.head(order).with([
            "description": .string(order.description), "tracking_id": .string(order.reference), "language": "en",
            "expired_at": .text(transaction.expiredAt?.ecomchargeText), "additional_data": additionalData,
            "customer": ["ip": "192.0.2.17", "email": "buyer@shop.example", "device_id": .null, "birth_date": .null],
            "billing_address": [
                "first_name": "Тэст", "last_name": "Пакупнік", "country": "BY", "city": "Мінск", "zip": "220030",
            ],
        ])
        switch order.method {
        case "credit_card": return body.with(["payment_method_type": "credit_card", "credit_card": Self.card])
        case "erip":
            // ERIP's bodies were seen without these members where they do not apply.
            return ["updated_at", "paid_at", "expired_at"].filter { $0 == "updated_at" || body[$0]?.isNull == true }
                .reduce(body) { $0.without($1) }
                .with(["payment_method_type": "erip", "order_id": .string(order.reference), "erip": Self.bill])
        default: return body.with(["method_type": .string(order.method), order.method: ["account": "buyer"]])
        }
    }

    /// What the merchant sent along, and what led to the payment.
    private var additionalData: JSON {
        var content: JSON = ["request_id": .string(String(firstUID.prefix(8)))]
        if case .adjustment(let amount) = order.surcharge {
            let info: JSON = [
                "id": .string(firstUID), "type": "surcharge_max", "amount": .integer(amount),
                "initial_amount": .integer(order.amount), "currency": .string(order.currency),
            ]
            content = content.with([
                "adjustments": [
                    "initial_amount": .integer(order.amount), "adjustment_amount": .integer(amount),
                    "currency": .string(order.currency), "surcharge_info": info,
                ]
            ])
        }
        guard let checkout else { return content }
        return content.with(["vendor": ["name": "CTP", "token": .string(checkout.token)]])
    }

    private static let card: JSON = [
        "holder": "TEST BUYER", "stamp": "b0f4c1", "brand": "visa", "last_4": "0056", "first_1": "4", "bin": "431422",
        "issuer_country": "BY", "exp_month": 9, "exp_year": 2031, "token": .null,
    ]

    private static let bill: JSON = [
        "request_id": .null, "service_no": 99_999_999, "account_number": "321", "transaction_id": .null,
        "instruction": ["Плацяжы -> Інтэрнэт-крамы"], "service_info": ["Аплата заказу"],
        "receipt": ["Дзякуй за аплату"],
    ]
}

extension ShopPurchase {
    /// The body of a token: in `checkout` in status answers, and bare in the notice that it has expired.
    func body(of checkout: Checkout) -> JSON {
        var settled: JSON = [
            "currency": .string(order.currency), "amount": .integer(order.total),
            "description": .string(order.description), "tracking_id": .string(order.reference),
            "additional_data": additionalData, "expired_at": .string(checkout.expiresAt.ecomchargeText),
        ]
        if case .beside(let amount) = order.surcharge {
            settled = settled.with(["initial_amount": .integer(order.amount), "surcharge_amount": .integer(amount)])
        }
        let standing = standing(of: checkout)
        return [
            "token": .string(checkout.token), "shop_id": .integer(shopID),
            "transaction_type": order.isHold ? "authorization" : "payment", "gateway_response": gatewayResponse,
            "order": settled,
            "settings": [
                "success_url": .text(order.urls.success), "decline_url": .text(order.urls.decline),
                "fail_url": .text(order.urls.failure), "cancel_url": .text(order.urls.cancel),
                "return_url": .text(order.urls.back),
                "notification_url": .string(order.urls.callbacks ?? "https://shop.sandbox.example/notify"),
                "language": "en",
                "customer_fields": [:], "auto_pay": false,
            ],
            "customer": .null, "finished": .bool(isFinished), "expired": .bool(checkout.hasExpired),
            "shop": [
                "id": .string(String(shopID)), "name": "Sandbox", "country": "BY",
                "url": "https://shop.sandbox.example", "brands": ["visa", "master"],
            ],
            "merchant": ["id": "1253", "country": "BY"], "test": .bool(order.isTest),
            "status": .string(standing.status),
            "message": .string(standing.message), "version": .null,
            "payment_method": [
                "types": [.string(order.method)], "excluded_types": [], "data": [:],
                "created_at": .string(checkout.createdAt.ecomchargeText),
            ],
        ]
    }

    private func standing(of checkout: Checkout) -> (status: String, message: String) {
        if checkout.isPaid { return ("successful", Transaction.Result.success.message) }
        if checkout.hasExpired { return ("error", "Token is expired.") }
        guard let last = payments.last?.root else { return ("error", "Gateway response not found.") }
        return (last.status, last.message)
    }

    /// The last attempt, merged with the acquirer's section; without a reference and a time of creation.
    private var gatewayResponse: JSON {
        guard let root = payments.last?.root else { return .null }
        let merged = root.acquirer(order.currency).with([
            "uid": .string(root.uid), "type": .string(root.type), "updated_at": .string(root.updatedAt.ecomchargeText),
            "receipt_url": .string("https://gateway.sandbox.example/receipts/\(root.uid)"),
        ])
        return [root.type: merged]
    }
}
