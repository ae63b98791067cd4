import Gateways
package import Ledger
package import Payments

extension AuthenticatedBody {
    /// Decodes the body again, as its gateway's bodies are decoded today.
    package func read() -> Result<Report, UnreadableBody> {
        guard let type = gateways.first(where: { $0.name == gateway }) else {
            return .failure(UnreadableBody(reason: "there is no gateway \(gateway)"))
        }
        do {
            return .success(try type.decode(provenBefore: bytes))
        } catch {
            return .failure(UnreadableBody(reason: "\(error)", naming: error.mention))
        }
    }
}
