import Gateways
import Payments

/// Checks what must hold for every body that a gateway decodes, whatever is in it: only an explicit success is a
/// success.
struct GatewayOracle: Sendable {
    private let account: MerchantAccount
    private let success: String

    static func ecommpay() throws -> GatewayOracle {
        GatewayOracle(account: try .ecommpay(), success: "success")
    }

    static func ecomcharge() throws -> GatewayOracle {
        GatewayOracle(account: try .ecomcharge(), success: "successful")
    }

    func accepts(_ body: [UInt8]) throws(Fault) -> Bool {
        // The body is signed again, so that its damage reaches the decoder.
        guard let callback = account.prove(body) else { return false }
        let authentic: Authentic
        do {
            authentic = try account.gateway.authenticate(callback)
        } catch .foreign {
            return false
        } catch {
            throw Fault("a body that was proved is refused: \(error)")
        }
        // Undecodable is a valid outcome, too.
        guard let report = try? account.gateway.decode(authentic) else { return false }
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
