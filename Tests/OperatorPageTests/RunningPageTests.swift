import AsyncHTTPClient
import DaemonTestSupport
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Payments
import TestSupport
import Testing

/// The pages of a running daemon, as a browser loads them.
@Suite(.timeLimit(.minutes(1))) struct RunningPageTests {
    private struct Loaded {
        let status: UInt
        let headers: HTTPHeaders
        let text: String

        /// The token of the page's forms.
        var token: String {
            guard let start = text.range(of: #"name="token" value=""#)?.upperBound else { return "" }
            return String(text[start...].prefix { $0 != "\"" })
        }
    }

    private static func load(
        _ daemon: RunningDaemon,
        _ path: String,
        form: String? = nil,
        _ headers: [(String, String)] = []
    ) async throws -> Loaded {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(daemon.adminPort)\(path)")
        request.headers.add(contentsOf: HTTPHeaders(headers))
        if let form {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let loaded: Loaded
        do {
            let answer = try await client.execute(request, timeout: .seconds(10))
            let body = try await answer.body.collect(upTo: 1 << 20)
            loaded = Loaded(status: answer.status.code, headers: answer.headers, text: String(buffer: body))
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        return loaded
    }

    @Test func `each page answers, and lets a browser do nothing else with it`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "success")
            for path in [
                "/", "/payments", "/payments?q=EP-1", "/payments/ecp/EP-1", "/anomalies", "/anomalies?which=all",
                "/rejected", "/callbacks", "/subscriptions",
            ] {
                let page = try await Self.load(daemon, path)
                #expect(page.status == 200, "\(path)")
                let policy = page.headers.first(name: "Content-Security-Policy") ?? ""
                #expect(policy.hasPrefix("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(page.headers.first(name: "X-Frame-Options") == "DENY")
                #expect(page.headers.first(name: "Referrer-Policy") == "no-referrer")
                #expect(page.headers.first(name: "X-Content-Type-Options") == "nosniff")
                #expect(page.headers.first(name: "Cache-Control") == "no-store")
                #expect(page.headers.first(name: "Set-Cookie") == nil)
                #expect(page.headers.first(name: "Content-Type") == "text/html; charset=utf-8")
                #expect(page.text.hasPrefix("<!doctype html>") && page.text.contains("</html>"), "\(path)")
                #expect(!page.text.contains(" style=") && !page.text.contains("<style"))
            }
            let payment = try await Self.load(daemon, "/payments/ecp/EP-1")
            #expect(payment.text.contains("EP-1 at ecp (ecommpay) has"))
            #expect(payment.text.contains("52.00"))
        }
    }

    @Test func `the style sheet and the script stay with the browser until they change`() async throws {
        try await RunningDaemon.run { daemon in
            let home = try await Self.load(daemon, "/")
            for (path, type) in [("/style.css", "text/css"), ("/page.js", "text/javascript")] {
                let start = try #require(home.text.range(of: "\(path)?v="))
                let link = String(home.text[start.lowerBound...].prefix { $0 != "\"" })
                let asset = try await Self.load(daemon, link)
                #expect(asset.status == 200)
                #expect(asset.headers.first(name: "Content-Type")?.hasPrefix(type) == true)
                #expect(asset.headers.first(name: "Cache-Control")?.contains("immutable") == true)
                #expect(try await Self.load(daemon, path).headers.first(name: "Cache-Control") == "no-cache")
            }
        }
    }

    @Test func `before the first callback the page says where to point the gateways`() async throws {
        try await RunningDaemon.run { daemon in
            let home = try await Self.load(daemon, "/")
            #expect(home.text.contains("<code>/callbacks/ecp</code>"))
            #expect(try await Self.load(daemon, "/payments").text.contains("There are no payments yet."))
            let searched = try await Self.load(daemon, "/payments?q=%3Cb%3E")
            #expect(searched.text.contains("Nothing was found.") && searched.text.contains("&lt;b&gt;"))
            #expect(!searched.text.contains("<b>"))
            let unknown = try await Self.load(daemon, "/payments/ecp/nobody")
            #expect(unknown.status == 404)
            #expect(unknown.text.contains("No such payment"))
        }
    }

    @Test func `a NUL in a name, a search or a form is refused`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "success")
            let token = try await Self.load(daemon, "/payments/ecp/EP-1").token
            for path in ["/payments?q=a%00b", "/payments/ecp/a%00b", "/anomalies?account=%00", "/callbacks?%00=1"] {
                #expect(try await Self.load(daemon, path).status == 400, "\(path)")
            }
            for (path, form) in [
                ("/payments/ecp/a%00b/poll", "token=\(token)"),
                ("/anomalies/1/acknowledge", "token=\(token)&note=a%00b"),
            ] {
                #expect(try await Self.load(daemon, path, form: form).status == 400, "\(path)")
            }
        }
    }

    @Test(arguments: ["/payments", "/anomalies", "/rejected", "/callbacks", "/subscriptions"])
    func `a list names a field that it does not know`(_ path: String) async throws {
        try await RunningDaemon.run { daemon in
            let page = try await Self.load(daemon, "\(path)?search=EP-1&account=ecp&message=unknown")
            #expect(page.text.contains("«search» is not known here"))
            #expect(!page.text.contains("«account» is not") && !page.text.contains("«message» is not"))
        }
    }

    @Test func `the page of a payment says whether it is paid`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "success")
            let page = try await Self.load(daemon, "/payments/ecp/EP-1")
            #expect(page.text.contains(#"<span class="state good">paid</span>"#))
        }
    }

    @Test func `a payment with an odd name has its page`() async throws {
        try await RunningDaemon.run { daemon in
            for (id, path) in [("a%b", "a%25b"), ("..", "_?id=.."), ("é?#", "%C3%A9%3F%23")] {
                try await daemon.receive(id, "success")
                #expect(try await Self.load(daemon, "/payments/ecp/\(path)").status == 200, "\(id)")
                #expect(try await Self.load(daemon, "/payments").text.contains("/payments/ecp/\(path)"), "\(id)")
            }
        }
    }

    @Test func `a button acts only with the token of a page of this process, and from this page`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "success")
            let token = try await Self.load(daemon, "/payments/ecp/EP-1").token
            #expect(token.utf8.count == 64)
            let path = "/payments/ecp/EP-1/poll"
            for (form, headers) in [
                ("", []), ("token=", []), ("token=\(String(repeating: "0", count: 64))", []),
                ("token=\(token)", [("Sec-Fetch-Site", "cross-site")]),
                ("token=\(token)", [("Origin", "https://evil.example")]),
            ] as [(String, [(String, String)])] {
                let refused = try await Self.load(daemon, path, form: form, headers)
                #expect(refused.status == 403, "\(form) \(headers)")
                #expect(refused.text.contains("Nothing was done"))
            }
            for headers in [[], [("Origin", "null"), ("Sec-Fetch-Site", "same-origin")]] as [[(String, String)]] {
                let done = try await Self.load(daemon, path, form: "token=\(token)", headers)
                #expect(done.status == 303)
                #expect(done.headers.first(name: "Location") == "/payments/ecp/EP-1?message=polled")
            }
            let page = try await Self.load(daemon, "/payments/ecp/EP-1?message=polled")
            #expect(page.text.contains("The gateway is polled now"))
            #expect(page.text.contains("requested an immediate poll"))
            let other = try await Self.load(daemon, "/payments/ecp/EP-1?message=%3Cb%3E")
            #expect(!other.text.contains("role=\"status\""))
        }
    }

    @Test func `an anomaly is acknowledged with a note`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "a-word-of-tomorrow")
            let page = try await Self.load(daemon, "/anomalies")
            #expect(page.text.contains("unknown_status"))
            let start = try #require(page.text.range(of: "/anomalies/"))
            let path = String(page.text[start.lowerBound...].prefix { $0 != "\"" })
            let without = try await Self.load(daemon, path, form: "token=\(page.token)&note=")
            #expect(without.headers.first(name: "Location") == "/anomalies?message=bad-note")
            let done = try await Self.load(daemon, path, form: "token=\(page.token)&note=asked+the+gateway")
            #expect(done.headers.first(name: "Location") == "/anomalies?message=acknowledged")
            let again = try await Self.load(daemon, path, form: "token=\(page.token)&note=again")
            #expect(again.headers.first(name: "Location") == "/anomalies?message=closed")
            #expect(try await Self.load(daemon, "/anomalies?which=all").text.contains("asked the gateway"))
        }
    }

    @Test func `personal data is shown only when it is asked for, and that is logged`() async throws {
        let log = try TemporaryFile()
        let logger = Logger.writing(to: log) { Timestamp(milliseconds: 1_800_000_000_000) }
        try await RunningDaemon.run(logger: logger) { daemon in
            let members = #","customer":{"email":"buyer@example.com"}"#
            let callback = request(body: try SignedCallback.ecommpay("EP-1", members: members))
            #expect(try await RawConnection.ask(daemon.port, callback).statuses == ["200"])
            let masked = try await Self.load(daemon, "/payments/ecp/EP-1")
            #expect(masked.text.contains("•••") && !masked.text.contains("buyer@example.com"))
            #expect(try !log.content().contains("personal data"))
            let shown = try await Self.load(daemon, "/payments/ecp/EP-1?show=personal")
            #expect(shown.text.contains("buyer@example.com"))
            let logged = try log.content()
            #expect(logged.contains("personal data was shown on the page") && logged.contains("EP-1"))
        }
    }
}
