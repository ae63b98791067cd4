import Gateways
import LosslessJSON
import Payments

/// What must hold of every body that a gateway decodes, whatever is in it: only an explicit success is a success.
struct GatewayOracle: Sendable {
    private let gateway: any Gateway
    private let success: String
    /// Makes a callback of a body that passes the check, or `nil` where the body cannot be signed.
    private let prove: @Sendable ([UInt8]) -> Callback?

    /// The body is signed anew, so that its damage reaches the decoder.
    static func ecommpay() throws -> GatewayOracle {
        let secret = Secret(name: "fuzz", bytes: Array("secret".utf8))
        return GatewayOracle(
            gateway: try Ecommpay(["project_id": .integer(240), "secrets": .secrets([secret])]),
            success: "success"
        ) { body in
            guard body.last == UInt8(ascii: "}"), let root = try? Document(body).root, root.kind == .object,
                root["signature"] == nil, root.members.contains(where: { _ in true }),
                let signature = try? Ecommpay.signature(of: body, with: secret)
            else { return nil }  // What cannot be read is the parser's own target.
            return Callback(body: body.dropLast() + Array(#","signature":"\#(signature)"}"#.utf8))
        }
    }

    /// Basic credentials prove the body, whatever it is.
    static func ecomcharge() throws -> GatewayOracle {
        let secret = Secret(name: "fuzz", bytes: Array("secret".utf8))
        return GatewayOracle(
            gateway: try EComCharge([
                "shop_id": .integer(240), "secret": .secrets([secret]), "authentication": .word("basic"),
            ]),
            success: "successful"
        ) { Callback(body: $0, authorization: "Basic MjQwOnNlY3JldA==") }
    }

    func accepts(_ body: [UInt8]) throws(Fault) -> Bool {
        guard let callback = prove(body) else { return false }
        let authentic: Authentic
        do {
            authentic = try gateway.authenticate(callback)
        } catch .foreign {
            return false
        } catch {
            throw Fault("a body that was proved is refused: \(error)")
        }
        guard let report = try? gateway.decode(authentic) else { return false }  // Undecodable is an answer, too.
        let statuses = [report.payment?.status].compactMap(\.self) + report.operations.map(\.status)
        for status in statuses where status.state == .succeeded {
            guard let word = status.word, word.lowercased().replacing("_", with: " ") == success else {
                throw Fault("«\(status.word ?? "")» is taken for a success")
            }
        }
        if report.operations.contains(where: { $0.id.isEmpty || $0.parentID?.isEmpty == true }) {
            throw Fault("an operation without an id is reported")
        }
        let texts = [report.payment?.id, report.payment?.reference, report.payment?.message, report.checkout?.token]
        let ids = report.operations.map(\.id) + report.tokens.map(\.token) + texts.compactMap(\.self)
        if ids.contains(where: { $0.utf8.contains(0) }) {
            throw Fault("a text is reported that no database keeps")
        }
        return !report.isEmpty
    }
}
