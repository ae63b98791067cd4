package import Gateways
import LosslessJSON
package import Payments

/// Callbacks as the gateways would post them, about an invented payment of this second, for trying out an installation.
package enum SampleCallback {
    /// A successful card payment at ecommpay, signed with the project's secret.
    package static func ecommpay(projectID: Int, secret: Secret, at now: Timestamp) -> String {
        let seconds = now.milliseconds / 1000
        let time = JSON.string(now.ecommpayText)
        let sum: JSON = ["amount": 5200, "currency": "EUR"]
        let body: JSON = [
            "project_id": .integer(projectID),
            "payment": [
                "id": .string("ORDER-\(seconds)"), "type": "purchase", "status": "success", "date": time,
                "method": "card",
                "sum": sum,
            ],
            "operation": [
                "id": .integer(seconds), "type": "sale", "status": "success", "date": time, "sum_initial": sum,
                "code": "0", "message": "Success",
            ],
        ]
        return String(decoding: body.signed(with: secret).bytes, as: UTF8.self)
    }

    /// A successful payment at eComCharge; it needs Basic credentials beside the body.
    package static func ecomcharge(at now: Timestamp) -> String {
        let seconds = now.milliseconds / 1000
        let body: JSON = [
            "transaction": [
                "uid": .string("\(seconds)-example"), "type": "payment", "status": "successful", "amount": 500,
                "currency": "EUR", "tracking_id": .string("order-\(seconds)"), "message": "Successfully processed",
                "test": true, "updated_at": .string(now.ecomchargeText),
            ]
        ]
        return String(decoding: body.bytes, as: UTF8.self)
    }
}
