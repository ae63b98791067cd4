package import Payments

/// How it stands with a target of `forward` or `notify`: what monitoring reads from the view `targets`.
package struct TargetHealth: Sendable, Equatable {
    package enum Standing: String, Sendable {
        case delivering
        /// Not tried for a while, because it is in trouble.
        case paused
        /// A notify target, before an event that it did not take: a person decides.
        case gaveUp = "gave_up"
        /// No longer in the configuration.
        case removed
    }

    package let kind: DeliveryTarget.Kind
    /// `nil` for a notify target.
    package let account: String?
    package let name: String
    /// Without query values.
    package let url: String
    package let standing: Standing
    /// Callbacks that wait, or transitions since the last that it was told of.
    package let waiting: Int
    /// When the oldest of them was recorded.
    package let waitingSince: Timestamp?
    /// Callbacks that were given up, while an alarm about it is open at the account.
    package let gaveUp: Int
    /// The transition up to which a notify target was told of all.
    package let cursor: Int64?
    package let pausedUntil: Timestamp?
    package let pauseReason: String?
    package let lastError: String?

    package init(
        kind: DeliveryTarget.Kind,
        account: String?,
        name: String,
        url: String,
        standing: Standing = .delivering,
        waiting: Int = 0,
        waitingSince: Timestamp? = nil,
        gaveUp: Int = 0,
        cursor: Int64? = nil,
        pausedUntil: Timestamp? = nil,
        pauseReason: String? = nil,
        lastError: String? = nil
    ) {
        self.kind = kind
        self.account = account
        self.name = name
        self.url = url
        self.standing = standing
        self.waiting = waiting
        self.waitingSince = waitingSince
        self.gaveUp = gaveUp
        self.cursor = cursor
        self.pausedUntil = pausedUntil
        self.pauseReason = pauseReason
        self.lastError = lastError
    }
}

extension LedgerReader {
    /// The health of each target, also of those that are no longer configured but not forgotten.
    package func targetHealth() async throws -> [TargetHealth] {
        try await reader.readAside { try $0.rows(Self.targets).map(TargetHealth.init) }
    }

    private static let targets: StaticString = """
        SELECT kind, account, name, url, state,
               CASE kind WHEN 'forward' THEN waiting ELSE behind END, waiting_since,
               CASE WHEN EXISTS (SELECT 1 FROM anomalies WHERE anomalies.kind = 'undelivered' AND closed_at IS NULL
                                 AND anomalies.account = targets.account) THEN gave_up ELSE 0 END,
               cursor_seq, paused_until, pause_reason, last_error
        FROM targets ORDER BY kind, account, name LIMIT 10000
        """
}

extension TargetHealth {
    fileprivate init(_ row: Row) throws {
        func time(_ text: String?) -> Timestamp? { text.flatMap(Timestamp.init(viewed:)) }
        let (word, state): (String, String) = (row[0], row[4])
        guard let kind = DeliveryTarget.Kind(rawValue: word), let standing = Standing(rawValue: state) else {
            throw DamagedRow(description: "a row holds a kind or state of a target that does not exist")
        }
        let waiting: Int = row[5]
        self.init(
            kind: kind,
            account: row[1],
            name: row[2],
            url: row[3],
            standing: standing,
            waiting: waiting,
            waitingSince: waiting > 0 ? time(row[6]) : nil,
            gaveUp: row[7],
            cursor: row[8],
            pausedUntil: time(row[9]),
            pauseReason: row[10],
            lastError: row[11]
        )
    }
}
