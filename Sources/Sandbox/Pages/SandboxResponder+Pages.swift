import HTTPTypes
import Hummingbird
import NIOCore

extension SandboxResponder {
    /// Adds the requests by which a shop makes a payment, and the pages on which its buyers pay.
    func addPages(to router: Router<BasicRequestContext>) {
        router.post("/\(Endpoint.checkouts.rawValue)") { request, _ in
            let body = try await bytes(of: request)
            let authorization = request.headers[.authorization]
            let base = "http://\(request.head.authority ?? "localhost")"
            let reply = sandbox.withWorld { world, now in
                world.reply(toCheckoutRequest: body, authorization: authorization, base: base, at: now)
            }
            return try await response(reply)
        }
        for kind in PageKind.allCases {
            router.get("/\(kind.rawValue)") { request, _ in
                let query = request.uri.query ?? ""
                return page(sandbox.withWorld { world, now in world.visit(kind, query, nil, at: now) })
            }
            router.post("/\(kind.rawValue)") { request, _ in
                let body = try await bytes(of: request)
                let form = FormFields(String(decoding: body, as: UTF8.self))
                guard let choice = form?["choice"].flatMap(BuyerChoice.init) else {
                    let words = BuyerChoice.allCases.map(\.rawValue).joined(separator: ", ")
                    return page(.page(PaymentPage(PageProblem(status: 400, message: "choice takes \(words)."))))
                }
                let query = request.uri.query ?? ""
                return page(sandbox.withWorld { world, now in world.visit(kind, query, choice, at: now) })
            }
        }
    }

    private func page(_ answer: PageAnswer) -> Response {
        switch answer {
        case .page(let page):
            Response(
                status: HTTPResponse.Status(code: page.status),
                headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: "default-src 'none'"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: page.html))
            )
        case .redirect(let address):
            // A browser follows it with GET.
            Response(status: .seeOther, headers: [.location: address])
        }
    }
}
