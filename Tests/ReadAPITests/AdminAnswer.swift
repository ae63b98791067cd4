import AsyncHTTPClient
import DaemonTestSupport
import Foundation
import NIOCore
import NIOHTTP1

/// The answer of an admin listener, through a real socket.
struct AdminAnswer {
    let status: UInt
    let headers: HTTPHeaders
    let body: String

    init(_ daemon: RunningDaemon, _ path: String, method: HTTPMethod = .GET) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(daemon.adminPort)\(path)")
        request.method = method
        if method != .GET {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: "{}"))
        }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(55))
        status = answer.status.code
        headers = answer.headers
        body = String(buffer: try await answer.body.collect(upTo: 4 << 20))
    }

    /// The members of the answer.
    var members: [String: Any] {
        get throws { try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:] }
    }

    /// A list of the answer.
    func rows(_ name: String) throws -> [[String: Any]] { try members[name] as? [[String: Any]] ?? [] }

    var error: String {
        get throws { try members["error"] as? String ?? "" }
    }
}
