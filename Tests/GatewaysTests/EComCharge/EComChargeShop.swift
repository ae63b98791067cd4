import Foundation
import Gateways
import Payments

/// An eComCharge shop that authenticates by password, so that any body can be sent.
struct EComChargeShop {
    let gateway: EComCharge

    init() throws {
        gateway = try EComCharge(["shop_id": .integer(1673), "secret": .secret("password")])
    }

    func report(of body: Body) throws -> Report { try report(of: body.text) }

    func report(of body: String) throws -> Report {
        let callback = Callback(body: Array(body.utf8), authorization: Self.basic("1673:password"))
        return try gateway.decode(gateway.authenticate(callback))
    }

    static func basic(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }
}
