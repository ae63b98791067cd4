import ConfigurationFile
import Hummingbird

/// Refuses, on an admin listener over TCP, what a web page in a browser of this machine could have sent.
///
/// A page may ask any address, and by DNS rebinding even under its own name, so that it reads the answers: then `Host` names the
/// page's host, and none of this machine. What changes something must say that it is JSON: that a page may send to another
/// origin only with its consent. A Unix socket is out of a browser's reach.
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
