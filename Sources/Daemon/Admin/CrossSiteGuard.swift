import ConfigurationFile
import Hummingbird

/// Refuses requests to an admin listener over TCP that a web page in a browser on this machine could have sent.
///
/// A page can send requests to any address. With DNS rebinding it can even do so under its own host name and read the
/// responses, but then `Host` names the page's host, which is not one of this machine's names. Requests that change
/// something must declare JSON, which a page may send to another origin only with that origin's consent. A Unix socket
/// is out of a browser's reach.
struct CrossSiteGuard: RouterMiddleware {
    typealias Context = BasicRequestContext

    let serving: CurrentConfiguration

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let host = request.head.authority ?? ""
        guard isOurs(host) else { return try Response(refusal: .foreignHost(host)) }
        guard request.method != .post || (request.isJSON && request.headers[.contentType] != nil) else {
            return try Response(refusal: .notJSON)
        }
        return try await next(request, context)
    }

    private func isOurs(_ host: String) -> Bool {
        guard let name = try? HostAndPort(host.lowercased(), portUnlessGiven: 0) else { return false }
        return name.isLoopback || serving.current.configuration.adminHosts.contains(name.host)
    }
}
