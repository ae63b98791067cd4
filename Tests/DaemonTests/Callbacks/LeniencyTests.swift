import Daemon
import DaemonTestSupport
import Ledger
import TestSupport
import Testing

/// The public listener is lenient about spellings where nothing is at stake, and strict where something is.
@Suite struct LeniencyTests {
    static let paths: [(path: String, status: String)] = [
        ("/callbacks/ecp", "200"), ("/callbacks/ecp/", "200"), ("//callbacks/ecp", "200"), ("/callbacks//ecp", "200"),
        ("//callbacks//ecp//", "200"), ("/callbacks/e%63p", "200"), ("/callbacks/%65%63%70/", "200"),
        ("/%63allbacks/ecp", "200"), ("/callbacks/ecp?a=b", "200"), ("/callbacks/ecp/?a=b", "200"),
        ("/callbacks/e%63p?x=/callbacks/ecb", "200"),
        // Decoded once, never twice.
        ("/callbacks/e%2563p", "404"), ("/callbacks/ecp%2F", "404"), ("/callbacks%2Fecp", "404"),
        // The account's name must match exactly.
        ("/callbacks/ECP", "404"), ("/Callbacks/ecp", "404"), ("/callbacks/ecp%20", "404"),
        ("/callbacks/ecp%00", "404"), ("/callbacks/e%6", "404"), ("/callbacks/e%zzp", "404"),
        ("/callbacks/%ff", "404"), ("/callbacks/ecp/more", "404"),
        ("/callbacks/ecp/..", "404"), ("/callbacks/./ecp", "404"), ("/callbacks/", "404"), ("/callbacks", "404"),
        ("/", "404"), ("//", "404"), ("/callbacksecp", "404"), ("/x/callbacks/ecp", "404"), ("/callbacks?/ecp", "404"),
    ]

    @Test func `a path may have more slashes and percent signs, but names its account exactly`() async throws {
        try await RunningDaemon.run { daemon in
            for (index, (path, status)) in Self.paths.enumerated() {
                let callback = request("POST", path, body: try SignedCallback.ecommpay("EP-\(index)"))
                #expect(try await RawConnection.ask(daemon.port, callback).statuses == [status], "\(path)")
            }
            #expect(try daemon.payments().count == Self.paths.filter { $0.status == "200" }.count)
            #expect(try daemon.payments().allSatisfy { $0.text("account") == "ecp" })
        }
    }

    static let encodings: [(encoding: String, status: String)] = [
        ("", "200"), ("identity", "200"), ("IDENTITY", "200"), ("utf-8", "200"), ("UTF-8", "200"), ("utf8", "200"),
        ("identity, identity", "200"), ("identity,utf-8", "200"), (" , identity", "200"), ("iso-8859-1", "200"),
        ("windows-1251", "200"), ("gzip", "415"), ("identity, gzip", "415"), ("utf-8,deflate", "415"), ("br", "415"),
        ("x-gzip", "415"), ("zstd", "415"), ("compress", "415"), ("base64", "415"), ("utf-8 gzip", "415"),
    ]

    @Test func `words that compress nothing are overlooked, and a compression is refused`() async throws {
        try await RunningDaemon.run { daemon in
            for (index, (encoding, status)) in Self.encodings.enumerated() {
                let body = try SignedCallback.ecommpay("EP-\(index)")
                let callback = request("POST", "/callbacks/ecp", ["Content-Encoding: \(encoding)"], body: body)
                #expect(try await RawConnection.ask(daemon.port, callback).statuses == [status], "«\(encoding)»")
            }
            let twice = ["Content-Encoding: identity", "Content-Encoding: UTF-8"]
            let callback = request("POST", "/callbacks/ecp", twice, body: try SignedCallback.ecommpay("EP-twice"))
            #expect(try await RawConnection.ask(daemon.port, callback).statuses == ["200"])
        }
    }

    @Test func `the answer to a HEAD has no body, and the connection goes on`() async throws {
        try await RunningDaemon.run { daemon in
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(request("HEAD"))
                #expect(try await connection.responses(1) == ["405"])
                #expect(connection.received.hasSuffix("\r\n\r\n"), "\(connection.received)")
                try await connection.send(request("GET"))
                #expect(try await connection.responses(2) == ["405", "405"])
                #expect(!connection.received.hasSuffix("\r\n\r\n"), "this one has")
            }
            for path in ["/callbacks/nobody", "/"] {
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send(request("HEAD", path))
                    #expect(try await connection.rest() == ["404"])
                    #expect(connection.received.hasSuffix("\r\n\r\n"))
                }
            }
        }
    }

    @Test func `HTTP 1.0 knows of no 100, so its expectation is overlooked`() async throws {
        try await RunningDaemon.run { daemon in
            for (index, expectation) in ["100-continue", "a miracle"].enumerated() {
                let body = try SignedCallback.ecommpay("EP-\(index)")
                let text = request("POST", "/callbacks/ecp", ["Expect: \(expectation)"], body: body)
                    .replacing("HTTP/1.1", with: "HTTP/1.0")
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send(text)
                    #expect(try await connection.rest() == ["200"])
                }
            }
            #expect(try daemon.payments().count == 2)
        }
    }
}
