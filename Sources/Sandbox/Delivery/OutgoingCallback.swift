import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OutboundHTTP
package import Payments

/// A callback on its way.
package struct OutgoingCallback: Sendable {
    /// The number of the payment it is about.
    let entry: Int
    /// The account's place in the settings.
    package let account: Int
    package let subject: String
    package let status: String
    package let body: [UInt8]
    let schedule: RetrySchedule
    /// Tells it from the others of its payment; the pauses before it comes again are drawn by it.
    let number: Int
    /// A duplicate, sent once whatever the answer is.
    var isCopy = false
    /// How many times it was sent.
    var attempts = 0
}

/// What came of sending a letter once.
package enum Delivery: Sendable, Equatable {
    case answered(status: Int)
    /// Nobody was reached, or nobody answered in time.
    case unanswered
    /// It was not sent, by misbehaviour.
    case lost
}

/// A line in the history of a payment's callbacks.
package struct DeliveryRecord: Sendable {
    package let at: Timestamp
    package let subject: String
    package let status: String
    package let attempt: Int
    package let delivery: Delivery
}

/// Carries callbacks to the merchant, as the gateways do: a POST of JSON, to be answered 200.
struct CallbackSender: Sendable {
    let accounts: [SandboxAccount]
    let client: HTTPClient

    /// How long an answer may take, and how long a connection.
    private static let timeout = TimeAmount.seconds(10)

    /// A client that follows no redirect (a callback that is sent elsewhere was not taken), and keeps few connections.
    static func makeClient(connections: Int) -> HTTPClient {
        return HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .strict(idleTimeout: .seconds(10), connectionsPerHost: connections)
        )
    }

    func deliver(_ callback: OutgoingCallback) async -> Delivery {
        do {
            let response = try await client.execute(request(for: callback), timeout: Self.timeout)
            // The body says nothing, but a connection is used again only when it was read.
            _ = try await response.body.collect(upTo: 64 * 1024)
            return .answered(status: Int(response.status.code))
        } catch {
            return .unanswered
        }
    }

    private func request(for callback: OutgoingCallback) throws -> HTTPClientRequest {
        let account = accounts[callback.account]
        var request = HTTPClientRequest(url: account.callbacks ?? "")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "paystate-sandbox")
        for (name, value) in try account.headers(for: callback.body) { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: callback.body))
        return request
    }
}
