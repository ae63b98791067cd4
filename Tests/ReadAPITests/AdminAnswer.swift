import DaemonTestSupport
import Foundation
import TestSupport

/// The answer of an admin listener, through a real socket.
struct AdminAnswer {
    let status: String
    let head: String
    let body: String

    init(_ daemon: RunningDaemon, _ path: String, method: String = "GET", headers: [String] = []) async throws {
        let answer = try await RawConnection.ask(daemon.adminPort, request(method, path, headers))
        let parts = answer.text.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
        status = answer.statuses.first ?? ""
        head = parts.first?.lowercased() ?? ""
        body = parts.count > 1 ? parts[1] : ""
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
