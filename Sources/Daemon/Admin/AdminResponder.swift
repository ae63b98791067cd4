import ConfigurationFile
import Hummingbird
import Ledger
import Logging
import OperatorPage
import Payments
import ReadAPI
import Telemetry

/// Responds on the admin listeners, which serve the service manager and monitoring on this machine only.
struct AdminResponder {
    let ledger: Ledger
    let serving: CurrentConfiguration
    let reverification: Reverification
    let metrics: PrometheusMetrics
    let unknownPaths: UnknownPaths
    let replication: Replication
    let page: OperatorPage
    let readAPI: ReadAPI
    let now: @Sendable () -> Timestamp
    /// Whether the listener is a Unix socket.
    let isSocket: Bool

    var accounts: [LedgerAccount] { serving.current.configuration.publicConfiguration.ledgerAccounts }

    func makeRouter() -> Router<BasicRequestContext> {
        let router = Router()
        if !isSocket { router.add(middleware: CrossSiteGuard(serving: serving)) }
        router.get("/healthz") { _, _ in "alive\n" }
        router.get("/readyz") { _, _ in await readiness() }
        router.get("/metrics") { _, _ in
            var response = metrics.render().response(contentType: "text/plain; version=0.0.4; charset=utf-8")
            response.headers[.cacheControl] = "no-store"
            return response
        }
        addInstructions(to: router)
        addAcknowledging(to: router)
        addDelivery(to: router)
        addPruning(to: router)
        addReverification(to: router)
        addUnknownPaths(to: router)
        page.add(to: router)
        readAPI.add(to: router)
        return router
    }

    /// Ready means that a callback arriving now would be committed.
    private func readiness() async -> Response {
        guard !ledger.isFull else { return "the queue is full\n".response(status: .serviceUnavailable) }
        do {
            try await ledger.probe(at: now())
        } catch {
            let reason = ledger.unavailableReason(for: .callbacks)?.description ?? "the database cannot be written"
            return "\(reason)\n".response(status: .serviceUnavailable)
        }
        if let unavailableReason = ledger.unavailableReason(for: .callbacks) {
            return "\(unavailableReason)\n".response(status: .serviceUnavailable)
        }
        var lines = ["ready"]
        if let isReplicated = replication.isReplicated { lines.append("replicated: \(isReplicated ? 1 : 0)") }
        if let unavailableReason = ledger.unavailableReason(for: .polling) {
            lines.append("polling is halted: \(unavailableReason)")
        }
        return lines.map { "\($0)\n" }.joined().response()
    }
}

extension String {
    fileprivate func response(
        status: HTTPResponse.Status = .ok,
        contentType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: self))
        )
    }
}
