import LosslessJSON
import Payments

extension EcommpayPayment {
    /// The body of a callback, which is about the payment and one operation.
    func callback(about index: Int) -> JSON {
        let operation = operations[index]
        var body = head.with(["operation": Self.body(of: operation, in: order.currency)])
        if operation.awaits3DSecure {
            body = body.with([
                "acs": [
                    "pa_req": .string(String(operation.id % 1_000_000_000)),
                    "acs_url": "https://acs.sandbox.example/challenge",
                    "md": .string(operation.requestID),
                    "term_url": "https://shop.sandbox.example/return",
                ]
            ])
        }
        return body
    }

    /// The body for a request that was refused: it contains no operation.
    var refusal: JSON {
        [
            "project_id": .integer(projectID),
            "payment": ["id": .string(order.reference), "status": "error"],
            "customer": ["id": "buyer-1"],
            "errors": [
                ["code": "502", "message": "Validation error", "field": "payment.sum", "description": .null]
            ],
        ]
    }

    private var head: JSON {
        var payment: JSON = [
            "id": .string(order.reference), "type": "purchase", "status": .string(status),
            "date": .string(date.ecommpayText), "method": .string(order.method),
            "sum": Self.sum(statedSum, order.currency), "description": .string(order.description),
        ]
        if mayTryAgain {
            payment = payment.with(["is_new_attempts_available": true, "attempts_timeout": 600])
        }
        return [
            "project_id": .integer(projectID),
            "payment": payment,
            "account": [
                "number": "431422******0056", "type": "visa", "card_holder": "TEST BUYER", "expiry_month": "09",
                "expiry_year": "2031",
            ],
            "customer": ["id": "buyer-1", "ip_address": "192.0.2.17"],
        ]
    }

    private static func sum(_ amount: Int64, _ currency: String) -> JSON {
        ["amount": .integer(amount), "currency": .string(currency)]
    }

    private static func body(of operation: Operation, in currency: String) -> JSON {
        let sum = sum(operation.amount, currency)
        return [
            "id": .integer(operation.id), "type": .string(operation.type), "status": .string(operation.status),
            "date": .string(operation.date.ecommpayText), "created_date": .string(operation.createdAt.ecommpayText),
            "request_id": .string(operation.requestID), "sum_initial": sum, "sum_converted": sum,
            "code": .string(operation.code), "message": .string(operation.message),
            "provider": [
                "id": 6, "payment_id": .string(String(operation.id % 100_000_000_000_000)),
                // The provider's clock is hours off in the gateway's own example too.
                "date": .string((operation.date - .seconds(7200)).ecommpayText),
                "auth_code": .string(operation.state == .succeeded ? "563253" : ""), "endpoint_id": 6,
            ],
        ]
    }

    /// The body of a status answer, which is about the payment and all its operations. A payment for which only
    /// requests were refused is not registered, and so is not found.
    func answer(about name: String, at endpoint: Endpoint) -> JSON? {
        guard endpoint == .paymentStatus, name == order.reference, !operations.isEmpty else { return nil }
        return head.with(["operations": .array(operations.map { Self.body(of: $0, in: order.currency) })])
    }

    var names: [String] { [order.reference] }
    var entity: Entity { .payment(id: order.reference) }
    var reference: String? { order.reference }
    var amount: Int64 { order.total }
    var currency: String { order.currency }

    func tell(_ groundTruth: inout GroundTruth, account: String, isAcknowledged: (String) -> Bool) {
        guard state != .unknown else { return }
        groundTruth.payments.append(
            GroundTruth.Payment(
                account: account,
                id: order.reference,
                reference: order.reference,
                checkoutToken: nil,
                status: status,
                state: state,
                amount: order.total,
                currency: order.currency,
                refunded: refunded,
                operations: operations.map {
                    GroundTruth.Operation(
                        id: String($0.id),
                        parentID: nil,
                        type: $0.type,
                        status: $0.status,
                        state: $0.state,
                        amount: $0.amount
                    )
                },
                isAcknowledged: isAcknowledged(order.reference)
            )
        )
    }
}
