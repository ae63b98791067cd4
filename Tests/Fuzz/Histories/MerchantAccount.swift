import Daemon
import Gateways
import Ledger
import LosslessJSON

/// An account at a gateway whose secret is known here, so that any body can be authenticated.
struct MerchantAccount: Sendable {
    let name: String
    let gateway: any Gateway
    let isFolded: Bool
    /// Makes a callback of a body; `nil` if the body cannot be signed.
    let prove: @Sendable ([UInt8]) -> Callback?

    var inLedger: LedgerAccount { LedgerAccount(name: name, gateway: type(of: gateway).name, isFolded: isFolded) }

    static func ecommpay() throws -> MerchantAccount {
        let secret = Secret(name: "fuzz", bytes: Array("secret".utf8))
        return MerchantAccount(
            name: "ecp",
            gateway: try Ecommpay(["project_id": .integer(240), "secrets": .secrets([secret])]),
            isFolded: Ecommpay.foldsOperations
        ) { body in
            guard body.last == UInt8(ascii: "}"), let root = try? Document(body).root, root.kind == .object,
                root["signature"] == nil, root.members.contains(where: { _ in true }),
                let signature = try? Ecommpay.signature(of: body, with: secret)
            else { return nil }  // Unparsable bodies are the parser's own target.
            return Callback(body: body.dropLast() + Array(#","signature":"\#(signature)"}"#.utf8))
        }
    }

    /// Basic credentials authenticate the body, whatever it is.
    static func ecomcharge() throws -> MerchantAccount {
        let secret = Secret(name: "fuzz", bytes: Array("secret".utf8))
        return MerchantAccount(
            name: "ecc",
            gateway: try EComCharge([
                "shop_id": .integer(240), "secret": .secrets([secret]), "authentication": .word("basic"),
            ]),
            isFolded: EComCharge.foldsOperations
        ) { Callback(body: $0, authorization: "Basic MjQwOnNlY3JldA==") }
    }
}
