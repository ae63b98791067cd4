import HTTPTypes
import Hummingbird
import NIOCore

/// The responses of the page, with the headers that keep a browser from doing anything else with it.
enum PageResponse {
    private static let policy = """
        default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
        form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        """

    static let headers: HTTPFields = {
        var headers: HTTPFields = [
            .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
        ]
        for (name, value) in [("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer")] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return headers
    }()

    static func html(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        if status == .serviceUnavailable { headers[.retryAfter] = "5" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Sends the browser on with GET, so that reloading repeats nothing.
    static func seeOther(_ path: String) -> Response {
        var headers = headers
        headers[.location] = path
        return Response(status: .seeOther, headers: headers)
    }
}
