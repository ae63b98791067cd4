import Payments
import Synchronization
import Telemetry

/// Counts the requests for paths under `/callbacks` that are no account's, by their text: a notification URL that was
/// misspelt at the gateway loses every callback, and shows nowhere else.
///
/// Anybody may send such requests, so the texts are bounded in number and in length. Where there is no room for another, the
/// one that was asked for least gives way: what a gateway repeats stays among what scanners try once.
final class UnknownPaths: Sendable {
    struct Entry: Sendable, Equatable {
        let path: String
        let requests: Int
        let lastAt: Timestamp
    }

    static let mostPaths = 100
    /// In Unicode scalars: more than the longest path of an account has.
    static let longestPath = 100

    private let now: @Sendable () -> Timestamp
    private let entries = Mutex<[String: (requests: Int, lastAt: Timestamp)]>([:])

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// Counts a request for a path that is no account's, if it lies under `/callbacks`.
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

    /// What was asked for, the most frequent first.
    var all: [Entry] {
        entries.withLock { $0 }.map { Entry(path: $0.key, requests: $0.value.requests, lastAt: $0.value.lastAt) }
            .sorted { ($1.requests, $0.path) < ($0.requests, $1.path) }
    }

    /// A path in letters that can be shown, cut where it is too long.
    private static func shown(_ path: Substring) -> String {
        let scalars = path.unicodeScalars.prefix(longestPath).map { $0.isPrintable ? $0 : "\u{FFFD}" }
        var text = String(String.UnicodeScalarView(scalars))
        if path.unicodeScalars.count > longestPath { text += "…" }
        return text
    }
}
