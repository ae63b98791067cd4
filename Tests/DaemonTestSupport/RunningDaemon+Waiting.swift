import AsyncHTTPClient
package import Ledger
import NIOCore
import NIOHTTP1
import TestSupport

extension RunningDaemon {
    /// Waits until a condition holds.
    ///
    /// - Parameter what: what is waited for, in words.
    package func wait(_ what: String, until isSo: () async throws -> Bool) async throws {
        guard try await eventually(isSo) else { throw NeverHappened(what: what) }
    }

    /// What was waited for in vain.
    package struct NeverHappened: Error {
        package let what: String
    }

    /// The payment, once it meets the condition.
    package func payment(_ id: String, once isSo: (ViewRow) -> Bool) async throws -> ViewRow {
        var found: ViewRow?
        try await wait("payment \(id)") {
            found = try payments().first { $0.text("payment_id") == id && isSo($0) }
            return found != nil
        }
        guard let found else { throw NeverHappened(what: "payment \(id)") }
        return found
    }

    /// Receives an authentic callback.
    package func receive(_ payment: String, _ status: String) async throws {
        let sum = #","sum":{"amount":5200,"currency":"EUR"}"#
        try await post("http://127.0.0.1:\(port)/callbacks/ecp", SignedCallback.ecommpay(payment, status, members: sum))
    }

    package func watch(_ payment: String) async throws {
        try await post("http://127.0.0.1:\(adminPort)/v1/watch", #"{"account":"ecp","payment_id":"\#(payment)"}"#)
    }

    /// Why each account is paused; empty if it is not.
    package func health() throws -> [String] {
        try LedgerReader(at: .file(path: database)).health().map { $0.text("pause_reason") }
    }

    package func isListening() -> Bool { acceptsConnections(on: adminPort) }

    private func post(_ url: String, _ body: String) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        guard answer.status.code == 200 else { throw Refused(status: answer.status.code) }
    }

    /// The daemon did not take what it should have taken.
    package struct Refused: Error {
        package let status: UInt
    }
}
