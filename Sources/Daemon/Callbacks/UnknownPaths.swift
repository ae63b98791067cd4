import Payments
import Synchronization
import Telemetry

/// Counts requests for paths under `/callbacks` that belong to no account.
///
/// A notification URL misspelt at the gateway loses every callback, and shows up nowhere else. Anybody may send such
/// requests, so the texts are bounded in number and length. When there is no room for another, the least requested one
/// is evicted: what a gateway repeats stays among what scanners try once.
final class UnknownPaths: Sendable {
    struct Entry: Sendable, Equatable {
        let path: String
        let requests: Int
        let lastAt: Timestamp
    }

    static let mostPaths = 100
    /// In Unicode scalars: longer than any account's path.
    static let longestPath = 100

    private let now: @Sendable () -> Timestamp
    private let entries = Mutex<[String: (requests: Int, lastAt: Timestamp)]>([:])

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// Counts a request for a path that belongs to no account, if it is under `/callbacks`.
    func count(_ path: Substring) {
        guard CallbackPath.isUnderCallbacks(path) else { return }
        let text = Self.shown(path)
        let now = now()
        entries.withLock { entries in
            if entries[text] == nil, entries.count >= Self.mostPaths {
                let least = entries.min { ($0.value.requests, $0.value.lastAt) < ($1.value.requests, $1.value.lastAt) }
                if let least { entries[least.key] = nil }
            }
            entries[text, default: (requests: 0, lastAt: now)].requests += 1
            entries[text]?.lastAt = now
        }
    }

    /// The requested paths, the most frequent first.
    var all: [Entry] {
        entries.withLock { $0 }.map { Entry(path: $0.key, requests: $0.value.requests, lastAt: $0.value.lastAt) }
            .sorted { ($1.requests, $0.path) < ($0.requests, $1.path) }
    }

    /// A path in printable characters, truncated if it is too long.
    private static func shown(_ path: Substring) -> String {
        let scalars = path.unicodeScalars.prefix(longestPath).map { $0.isPrintable ? $0 : "\u{FFFD}" }
        var text = String(String.UnicodeScalarView(scalars))
        if path.unicodeScalars.count > longestPath { text += "…" }
        return text
    }
}
