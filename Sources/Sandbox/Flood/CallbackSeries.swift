package import Gateways
package import Payments

/// Numbered callbacks as ecommpay posts them, some 1.2 kB each: every one is signed and is about its own card payment,
/// and they succeed, are declined or are in progress in turn.
///
/// A number always yields the same bytes, and series with different times have no payment in common.
package struct CallbackSeries: Sendable {
    private let projectID: Int64
    private let secret: Secret
    private let now: Timestamp
    private let date: String

    package init(projectID: Int64, secret: Secret, at now: Timestamp) {
        self.projectID = projectID
        self.secret = secret
        self.now = now
        date = now.ecommpayText
    }

    package func body(_ number: Int) throws -> [UInt8] {
        let noise = Self.hexadecimal(digest(of: Array("\(now.milliseconds)/\(number)".utf8)))
        let status = ["success", "decline", "processing"][number % 3]
        let sum = #"{"amount":\#(1000 + number % 9000),"currency":"EUR"}"#
        var body = #"{"project_id":\#(projectID),"#
        body += #""payment":{"id":"EP-\#(noise.prefix(12))-\#(number)","type":"purchase","status":"\#(status)","#
        body += #""date":"\#(date)","method":"card","sum":\#(sum),"#
        body += #""description":"Order \#(number) of the web shop, delivered to the door within two days"},"#
        body += #""account":{"number":"431422******0056","token":"\#(noise)","type":"visa","card_holder":"JANE DOE","#
        body += #""id":\#(12_345 + number),"expiry_month":"12","expiry_year":"2030"},"#
        body += #""customer":{"id":"\#(number)","phone":"44991234567","ip_address":"198.51.100.7","#
        body += #""email":"jane@example.com"},"#
        // As at the gateway, later operations have higher numbers.
        body += #""operation":{"id":\#(now.milliseconds * 1000 + Int64(number)),"type":"sale","status":"\#(status)","#
        body += #""date":"\#(date)","created_date":"\#(date)","#
        body += #""request_id":"\#(noise.prefix(40))-\#(noise.suffix(40))-00000001","#
        body += #""sum_initial":\#(sum),"sum_converted":\#(sum),"code":"0","message":"Success","eci":"05","#
        body += #""provider":{"id":6,"payment_id":"\#(noise.suffix(14))","auth_code":"563253","endpoint_id":6,"#
        body += #""date":"\#(date)"}}"#
        let signature = try Ecommpay.signature(of: Array((body + "}").utf8), with: secret) ?? ""
        return Array((body + #","signature":"\#(signature)"}"#).utf8)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
