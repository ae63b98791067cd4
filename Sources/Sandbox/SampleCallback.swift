import Foundation
package import Gateways
import LosslessJSON
package import Payments

/// Callbacks as the gateways would post them, about a made-up payment of this second, for trying an installation out.
package enum SampleCallback {
    /// A successful card payment at ecommpay, signed with the project's secret.
    package static func ecommpay(projectID: Int, secret: Secret, at now: Moment) throws -> String {
        let seconds = now.milliseconds / 1000
        let time = isoTime(seconds).replacing("Z", with: "+0000")
        let sum = #"{"amount":5200,"currency":"EUR"}"#
        let body =
            #"{"project_id":\#(projectID),"payment":{"id":"ORDER-\#(seconds)","type":"purchase","status":"success","#
            + #""date":"\#(time)","method":"card","sum":\#(sum)},"operation":{"id":\#(seconds),"type":"sale","#
            + #""status":"success","date":"\#(time)","sum_initial":\#(sum),"code":"0","message":"Success"}"#
        let signature = try Ecommpay.signature(of: Array((body + "}").utf8), with: secret) ?? ""
        return body + #","signature":"\#(signature)"}"#
    }

    /// A successful payment at eComCharge; Basic credentials go with it.
    package static func ecomcharge(at now: Moment) -> String {
        let seconds = now.milliseconds / 1000
        return #"{"transaction":{"uid":"\#(seconds)-example","type":"payment","status":"successful","amount":500,"#
            + #""currency":"EUR","tracking_id":"order-\#(seconds)","message":"Successfully processed","test":true,"#
            + #""updated_at":"\#(isoTime(seconds))"}}"#
    }

    private static func isoTime(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}
