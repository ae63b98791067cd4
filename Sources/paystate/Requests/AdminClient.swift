import AsyncHTTPClient
import ConfigurationFile
import Daemon
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import OutboundHTTP

/// A command's client for a daemon's admin listener.
struct AdminClient: Sendable {
    let address: AdminAddress
    let http: HTTPClient

    /// The most requests under way at a time.
    static let concurrency = 32

    static let configuration = HTTPClient.Configuration.strict(
        // A daemon on this machine answers quickly or not at all.
        connectTimeout: .seconds(2),
        idleTimeout: .seconds(30),
        connectionsPerHost: concurrency
    )

    /// Why our daemon does not answer, in words; `nil` if it does.
    func silence() async -> String? {
        do {
            let answer = try await http.execute(request(for: "/healthz"), timeout: .seconds(3))
            let text = String(buffer: try await answer.body.collect(upTo: 1024))
            return answer.status == .ok && text == "alive\n" ? nil : "what answers there is not paystate"
        } catch let error as IOError {
            return String(cString: strerror(error.errnoCode))
        } catch let error as NIOConnectionError {
            return error.connectionErrors.first.flatMap { $0.error as? IOError }
                .map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
        } catch {
            return "\(error)"
        }
    }

    /// Sends an instruction to the daemon; it is durable when this returns.
    func follow(_ request: InstructionRequest) async throws(InstructionFailure) -> InstructionAnswer {
        try await send("/v1/\(request.verb.rawValue)", request, within: .seconds(20))
    }

    /// Lets the daemon close an anomaly; that is durable when this returns.
    func acknowledge(_ request: AcknowledgementRequest) async throws(InstructionFailure) -> AcknowledgementAnswer {
        try await send("/v1/acknowledge", request, within: .seconds(20))
    }

    /// Lets the daemon deliver again, or give up; the order is durable when this returns. Many waiting rows take their
    /// time.
    func deliver(_ request: DeliveryRequest) async throws(InstructionFailure) -> DeliveryAnswer {
        try await send("/v1/deliver", request, within: .minutes(5))
    }

    /// Lets the daemon prune. It does so slowly: a year's bodies take their time.
    func prune() async throws(InstructionFailure) -> PruningAnswer {
        try await send("/v1/prune", [String: String](), within: .hours(6))
    }

    /// Lets the daemon judge rejected callbacks again. Thousands take their time.
    func reverify(_ request: ReverificationRequest) async throws(InstructionFailure) -> ReverificationAnswer {
        try await send("/v1/reverify", request, within: .hours(1))
    }

    private func send<Answer: Decodable>(
        _ path: String,
        _ request: some Encodable,
        within time: TimeAmount
    ) async throws(InstructionFailure) -> Answer {
        do {
            let (status, body) = try await post(request, to: path, within: time)
            switch status {
            case 200: return try JSONDecoder().decode(Answer.self, from: body)
            case 404: throw InstructionFailure(reason: .unknown, explanation: try Self.explanation(in: body))
            case 503: throw InstructionFailure(reason: .unavailable, explanation: try Self.explanation(in: body))
            // The status codes are an open set.
            default: throw InstructionFailure(reason: .refused, explanation: try Self.explanation(in: body))
            }
        } catch let error as InstructionFailure {
            throw error
        } catch {
            throw InstructionFailure(
                reason: .unavailable,
                explanation: "the daemon at \(address) did not answer: \(error)"
            )
        }
    }

    private func post(
        _ request: some Encodable,
        to path: String,
        within time: TimeAmount
    ) async throws -> (status: UInt, body: Data) {
        var message = self.request(for: path)
        message.method = .POST
        message.headers.add(name: "content-type", value: "application/json")
        message.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(request)))
        let answer = try await http.execute(message, timeout: time)
        return (answer.status.code, Data(try await answer.body.collect(upTo: 64 << 10).readableBytesView))
    }

    private static func explanation(in body: Data) throws -> String {
        try JSONDecoder().decode(ErrorAnswer.self, from: body).error
    }

    private func request(for path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url(of: path))
        // For a socket the client has no host name to send, but HTTP/1.1 requires one.
        if case .socket = address { request.headers.add(name: "host", value: "localhost") }
        return request
    }

    private func url(of path: String) -> String {
        switch address {
        case .loopback(let address): "http://\(address)\(path)"
        case .socket(let file): URL(httpURLWithSocketPath: file, uri: path)?.absoluteString ?? ""
        }
    }
}
