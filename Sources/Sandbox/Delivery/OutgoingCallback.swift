import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OutboundHTTP
package import Payments

/// A callback on its way to the merchant.
package struct OutgoingCallback: Sendable {
    /// The number of the payment it is about.
    let entry: Int
    /// The account's index in the settings.
    package let account: Int
    /// Where it is posted to.
    let target: String
    package let subject: String
    package let status: String
    package let body: [UInt8]
    let schedule: RetrySchedule
    /// Distinguishes it from the payment's other callbacks, and seeds the pauses before it is sent again.
    let number: Int
    /// Whether it is a duplicate, sent once whatever the response is.
    var isCopy = false
    /// How many times it was sent.
    var attempts = 0
}

/// The result of sending a callback once.
package enum Delivery: Sendable, Equatable {
    case answered(status: Int)
    /// No connection could be made, or no response came in time.
    case unanswered
    /// It was never sent, because of misbehaviour.
    case lost
}

/// An entry in the history of a payment's callbacks.
package struct DeliveryRecord: Sendable {
    package let at: Timestamp
    package let subject: String
    package let status: String
    package let attempt: Int
    package let delivery: Delivery
}

/// Sends callbacks to the merchant as the gateways do: a POST of JSON, to be answered with 200.
struct CallbackSender: Sendable {
    let accounts: [SandboxAccount]
    let client: HTTPClient

    /// The timeout for a response, connecting included.
    private static let timeout = TimeAmount.seconds(10)

    /// A client that follows no redirects (a callback that is redirected was not accepted), and keeps few connections.
    static func makeClient(connections: Int) -> HTTPClient {
        return HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .strict(idleTimeout: .seconds(10), connectionsPerHost: connections)
        )
    }

    func deliver(_ callback: OutgoingCallback) async -> Delivery {
        do {
            let response = try await client.execute(request(for: callback), timeout: Self.timeout)
            // The body is irrelevant, but a connection is reused only after the body was read.
            _ = try await response.body.collect(upTo: 64 * 1024)
            return .answered(status: Int(response.status.code))
        } catch {
            return .unanswered
        }
    }

    private func request(for callback: OutgoingCallback) throws -> HTTPClientRequest {
        let account = accounts[callback.account]
        var request = HTTPClientRequest(url: callback.target)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "paystate-sandbox")
        for (name, value) in try account.headers(for: callback.body) { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: callback.body))
        return request
    }
}

/// How often, and after which pauses, a gateway repeats a callback that was not answered with 200.
///
/// Sources: ecommpay's "Callbacks" article, an older edition; eComCharge's "Webhooks" article.
package enum RetrySchedule: Sendable, CaseIterable {
    case ecommpay
    case transaction
    /// The notice that a payment token has expired.
    case checkout
    case subscription

    /// The most times that a callback is sent again.
    package var repeats: Int {
        switch self {
        case .ecommpay: 119
        case .transaction: 15
        case .checkout: 2
        case .subscription: 25
        }
    }

    /// The pause before a repeat, counted from 1; nil when the gateway has given up.
    package func pause(before number: Int, using chance: inout some RandomNumberGenerator) -> Duration? {
        guard number <= repeats else { return nil }
        switch self {
        case .ecommpay:
            guard number > 6 else { return .seconds(10) }
            // The document counts attempts, the first of which is not a repeat.
            let attempt = Double(number + 1)
            // Cannot overflow: four hours at most.
            return .milliseconds(Int(1000 * min(70 + 10 * pow(1.12, attempt - 4), 4 * 3600)))
        case .transaction:
            let base = number * 212 / 100
            return .seconds(base * base * base + Int.random(in: 0...29, using: &chance) * (number + 1))
        case .checkout, .subscription:
            let fourth = number * number * number * number
            return .seconds(fourth + 15 + Int.random(in: 0...29, using: &chance) * (number + 1))
        }
    }
}
