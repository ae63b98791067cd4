import Foundation
import GRDB
import Payments

/// A row of evidence that is recorded again.
enum RecordedEvidence {
    case callback(RecordedCallback)
    case answer(RecordedAnswer)
    case instruction(RecordedInstruction)

    /// `callback:N`, `poll:N` or `operator:N`.
    var name: String { "\(source.rawValue):\(number)" }

    var source: EvidenceID.Source {
        switch self {
        case .callback: .callback
        case .answer: .poll
        case .instruction: .operator
        }
    }

    var number: Int64 {
        switch self {
        case .callback(let callback): callback.number
        case .answer(let answer): answer.number
        case .instruction(let instruction): instruction.number
        }
    }

    /// Whether it cannot be read again, or shares an entity with evidence that cannot: then its changes are taken over
    /// as recorded.
    var isKept: Bool {
        switch self {
        case .callback(let callback): callback.isKept
        case .answer(let answer): answer.isKept
        case .instruction(let instruction): instruction.isKept
        }
    }

    /// The time from which its consequences are reckoned.
    var at: Timestamp {
        switch self {
        case .callback(let callback): callback.reverifiedAt ?? callback.receivedAt
        case .answer(let answer): answer.recordedAt
        case .instruction(let instruction): instruction.givenAt
        }
    }
}

struct RecordedCallback {
    let number: Int64
    let account: Int64
    let receivedAt: Timestamp
    let reverifiedAt: Timestamp?
    let verdict: Verdict
    let form: String
    let keyID: String
    /// Whether a rule judged it: an ambiguous callback was then applied, although its signature does not prove its
    /// structure.
    let isRuled: Bool
    /// Its effect when it was recorded: a valid callback that was held without a rule waited for a poll to confirm its
    /// money.
    let effect: String
    let digest: [UInt8]
    let locality: Int64
    let body: [UInt8]
    let isKept: Bool
}

struct RecordedAnswer {
    let number: Int64
    let account: Int64
    let entity: Entity
    /// The payment that held the operation that was polled.
    let holder: String?
    let askedAt: Timestamp
    let answeredAt: Timestamp?
    let recordedAt: Timestamp
    let httpStatus: Int?
    let outcome: PollOutcome
    let endpoint: String?
    let detail: String?
    let lastCallbackSeen: Int64
    let requestedAt: Timestamp?
    let pause: Duration
    let body: [UInt8]
    let isKept: Bool
    /// The last callback before it, if that was stored.
    let lastCallback: Int64?
    /// Whether the process ended before an answer was recorded.
    let isInterrupted: Bool
}

/// A person's closing of an anomaly, identified by the entity that it was open on: numbers of anomalies are not
/// evidence.
struct RecordedAcknowledgement {
    let account: Int64
    let kind: String
    let note: String
    let paymentID: String?
    let token: String?
    let subscriptionID: String?
    let callback: Int64?
}

struct RecordedInstruction {
    enum Content {
        case instruction(Entity, Instruction.Command)
        case acknowledgement(RecordedAcknowledgement)
    }

    let number: Int64
    let account: Int64
    let content: Content
    let givenAt: Timestamp
    let isKept: Bool
    /// The last evidence before it, if that was stored.
    let lastCallback: Int64?
    let lastPoll: Int64?
}

extension RecordedCallback {
    /// Callbacks that can no longer be read are kept as they are.
    static let all = """
        SELECT id, account, received_at, reverified_at, verdict, form, key_id, rule IS NOT NULL, digest, body,
               coalesce(body IS NULL OR payment IN temp.kept_payment OR checkout IN temp.kept_checkout
                        OR subscription IN temp.kept_subscription, 0), effect, locality
        FROM main.callback ORDER BY id
        """

    init(_ row: GRDB.Row) throws {
        number = row[0]
        account = row[1]
        receivedAt = Timestamp(milliseconds: row[2])
        reverifiedAt = Timestamp(stored: row[3])
        verdict = Verdict(rawValue: row[4]) ?? .ambiguous
        form = row[5]
        keyID = row[6]
        isRuled = row[7]
        digest = try row.bytes(at: 8)
        locality = row[12]
        isKept = row[10]
        effect = row[11]
        body = isKept ? [] : try row.bytes(at: 9)
    }
}

extension RecordedAnswer {
    /// Answers recorded by earlier versions lack some columns about their poll: these are taken from the rows that the
    /// answers refer to.
    static let all = """
        SELECT id, account,
               coalesce(asked_entity, CASE WHEN checkout IS NOT NULL THEN 'checkout'
                                           WHEN subscription IS NOT NULL THEN 'subscription'
                                           WHEN operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END),
               coalesce(asked_id, (SELECT token FROM main.checkout WHERE checkout.id = poll.checkout),
                        (SELECT subscription_id FROM main.subscription WHERE subscription.id = poll.subscription),
                        operation_id, (SELECT payment_id FROM main.payment WHERE payment.id = poll.payment), ''),
               (SELECT payment_id FROM main.payment WHERE payment.id = poll.payment),
               asked_at, answered_at, coalesce(recorded_at, answered_at, asked_at), http_status, outcome, endpoint, detail,
               coalesce(mark, (SELECT id FROM main.callback
                               WHERE callback.account = poll.account AND received_at <= asked_at
                               ORDER BY received_at DESC LIMIT 1), 0),
               wish, coalesce(pause, 0), after_callback, body,
               coalesce(outcome IS NULL
                        OR (body IS NULL AND outcome IN ('applied', 'unchanged', 'late', 'unrecognised'))
                        OR payment IN temp.kept_payment OR checkout IN temp.kept_checkout
                        OR subscription IN temp.kept_subscription, 0), interrupted
        FROM main.poll ORDER BY id
        """

    init(_ row: GRDB.Row) throws {
        number = row[0]
        account = row[1]
        entity = try Entity(stored: row[2], id: row[3])
        holder = row[4]
        askedAt = Timestamp(milliseconds: row[5])
        answeredAt = Timestamp(stored: row[6])
        recordedAt = Timestamp(milliseconds: row[7])
        httpStatus = row[8]
        outcome = PollOutcome(rawValue: row[9] ?? "") ?? .undecodable
        endpoint = row[10]
        detail = row[11]
        lastCallbackSeen = row[12]
        requestedAt = Timestamp(stored: row[13])
        pause = .milliseconds(row[14] as Int64)
        lastCallback = row[15]
        body = try row.bytes(at: 16)
        isKept = row[17]
        isInterrupted = row[18]
    }
}

extension RecordedInstruction {
    static let all = """
        SELECT id, account,
               CASE WHEN checkout IS NOT NULL THEN 'checkout' WHEN subscription IS NOT NULL THEN 'subscription'
                    ELSE 'payment' END,
               coalesce(named, (SELECT token FROM main.checkout WHERE checkout.id = instruction.checkout),
                        (SELECT subscription_id FROM main.subscription WHERE subscription.id = instruction.subscription),
                        operation_id, (SELECT payment_id FROM main.payment WHERE payment.id = instruction.payment), ''),
               command, reference, amount_minor, currency, given_at, after_callback, after_poll,
               coalesce(payment IN temp.kept_payment OR checkout IN temp.kept_checkout
                        OR subscription IN temp.kept_subscription
                        OR callback IN (SELECT id FROM main.callback WHERE body IS NULL), 0),
               (SELECT payment_id FROM main.payment WHERE payment.id = instruction.payment),
               (SELECT token FROM main.checkout WHERE checkout.id = instruction.checkout),
               (SELECT subscription_id FROM main.subscription WHERE subscription.id = instruction.subscription),
               callback, kind, note
        FROM main.instruction ORDER BY id
        """

    init(_ row: GRDB.Row) throws {
        number = row[0]
        account = row[1]
        let word: String = row[4]
        content =
            switch word {
            case "acknowledge":
                .acknowledgement(
                    RecordedAcknowledgement(
                        account: account,
                        kind: row[16] ?? "",
                        note: row[17] ?? "",
                        paymentID: row[12],
                        token: row[13],
                        subscriptionID: row[14],
                        callback: row[15]
                    )
                )
            case "watch":
                .instruction(
                    try Entity(stored: row[2], id: row[3]),
                    .watch(Expectation(reference: row[5], amount: row[6], currency: row[7]))
                )
            default: .instruction(try Entity(stored: row[2], id: row[3]), .poll)  // The schema allows no fourth.
            }
        givenAt = Timestamp(milliseconds: row[8])
        lastCallback = row[9]
        lastPoll = row[10]
        isKept = row[11]
    }
}

extension Entity {
    fileprivate init(stored kind: String, id: String) throws {
        guard let entity = Entity(kind: kind, id: id) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row is about something that does not exist")
        }
        self = entity
    }
}

extension GRDB.Row {
    fileprivate func bytes(at index: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: index) { $0.map { [UInt8]($0) } ?? [] }
    }
}
