import ConfigurationFile
import Foundation
import Payments
import Telemetry

/// Checks for requests to paths that belong to no account: a notification URL that is misspelt at the gateway.
struct CallbackPathsCheck {
    static let name = "callback paths"
    /// Earlier requests are ignored, because the cause may have been fixed since: the daemon remembers all requests
    /// since its start.
    private static let memory = Duration.seconds(86_400)
    /// Scanners try many paths: listing more would say nothing new.
    private static let mostListed = 5
    /// In Unicode scalars; the daemon shortens a path that is longer than any account's, and marks it.
    private static let longestPath = 101

    /// The fields that this check reads from the JSON of `GET /v1/unknown-paths`.
    private struct Answer: Decodable {
        struct Path: Decodable {
            let path: String
            let requests: Int
            let lastAt: String

            enum CodingKeys: String, CodingKey {
                case path
                case requests
                case lastAt = "last_at"
            }
        }

        let paths: [Path]
    }

    let probe: HTTPProbe
    let now: @Sendable () -> Timestamp

    /// - Parameter accounts: the account names in the configuration; `nil` if they are not known.
    func finding(_ addresses: [AdminAddress], accounts: [String]?) async -> Finding {
        for address in addresses {
            // Why the daemon cannot be reached is reported by its own check.
            guard let answer = try? await probe.get(address.url(of: "/v1/unknown-paths")) else { continue }
            guard answer.status == 200,
                let unknown = try? JSONDecoder().decode(Answer.self, from: Data(answer.body.utf8))
            else { return Finding(Self.name, .skipped, "the running daemon does not report them") }
            return judged(unknown.paths, accounts: accounts ?? [])
        }
        return Finding(Self.name, .skipped, "no daemon reports them")
    }

    private func judged(_ paths: [Answer.Path], accounts: [String]) -> Finding {
        let horizon = (now() - Self.memory).text
        let recent = paths.filter { $0.lastAt >= horizon }
        guard !recent.isEmpty else {
            return Finding(Self.name, .ok, "no request in the last 24 h was for a path of no account")
        }
        var listed = recent.prefix(Self.mostListed).map { entry in
            let requests = Approximate.count(entry.requests, "request")
            return "\(requests) for \(entry.path.firstPrintable(Self.longestPath))"
        }
        if recent.count > listed.count { listed.append("\(recent.count - listed.count) more such paths") }
        let paths = accounts.prefix(20).map { "/callbacks/\($0)" }.joined(separator: ", ")
        let known = paths.isEmpty ? "" : " (\(paths))"
        return Finding(
            Self.name,
            .warning,
            "\(listed.joined(separator: ", ")): no account's, and answered 404",
            advice: "is the notification URL spelled right at the gateway? It ends with the account's name\(known)"
        )
    }
}
