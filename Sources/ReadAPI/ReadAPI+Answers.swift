import Hummingbird
import Ledger
import LosslessJSON
import Payments
import ServiceLifecycle
import Synchronization
import Telemetry

extension ReadAPI {
    func payments(_ query: Query) async throws -> JSON {
        let search = PaymentSearch(
            text: query.text("search"),
            reference: query.text("reference"),
            account: query.account,
            state: query.text("state").flatMap { State(rawValue: $0) },
            purpose: query.text("purpose").flatMap { Purpose(rawValue: $0) },
            isPaid: query.flag("paid"),
            isOverdue: query.flag("overdue") == true,
            isTest: query.flag("test"),
            from: query.time("from"),
            to: query.time("to"),
            before: query.before,
            limit: query.limit,
            now: now()
        )
        return JSON("payments", try await reader.payments(search))
    }

    func payment(_ id: String, account: String) async throws -> JSON {
        guard let details = try await reader.payment(id, account: account) else {
            throw ReadError.unknownPayment(id, account: account)
        }
        return [
            "payment": JSON(details.subject),
            "operations": JSON(details.operations),
            "entries": JSON(details.entries),
            "polls": JSON(details.polls),
            "callbacks": JSON(details.callbacks),
            "transitions": JSON(details.transitions),
            "anomalies": JSON(details.anomalies),
            "forwards": JSON(details.forwards),
        ]
    }

    func anomalies(_ query: Query) async throws -> JSON {
        let page = try await reader.anomalies(
            openOnly: query.flag("open") == true,
            severity: query.text("severity").flatMap { Severity(rawValue: $0) },
            kind: query.text("kind"),
            account: query.account,
            before: query.before,
            limit: query.limit
        )
        return JSON("anomalies", page)
    }

    /// Answers at once if there is something after the number, else when there is, or when the time is over, the daemon
    /// stops or the client hangs up: then with an empty list.
    func transitions(_ query: Query, _ request: Request) async throws -> Feed {
        let (account, limit) = (query.account, query.limit)
        let first = try await reader.transitions(after: query.number("after") ?? 0, account: account, limit: limit)
        let wait = query.number("wait") ?? 0
        guard first.rows.isEmpty, wait > 0 else { return first }
        let count = waiting.add(1, ordering: .relaxed).newValue
        defer { waiting.subtract(1, ordering: .relaxed) }
        guard count <= Self.waitingLimit else {
            throw ReadError.tooManyWait(limit: Self.waitingLimit)
        }
        let end = ContinuousClock.now + .milliseconds(wait)
        let connection = OpenConnection()
        return try await request.body.consumeWithInboundCloseHandler { _ in
            try await cancelWhenGracefulShutdown {
                var feed = first
                while feed.rows.isEmpty, ContinuousClock.now < end {
                    await self.waitForCommit(after: feed.upTo, until: end, on: connection)
                    guard !Task.isCancelled, connection.isOpen else { break }
                    feed = try await self.reader.transitions(after: feed.upTo, account: account, limit: limit)
                }
                return feed
            }
        } onInboundClosed: {
            connection.close()
        }
    }

    /// Returns when a transition after this number may have been committed, at that time, or when the client hangs up.
    private func waitForCommit(
        after seq: Int64,
        until end: ContinuousClock.Instant,
        on connection: OpenConnection
    ) async {
        let end = isShared ? min(end, .now + Self.sharedPace) : end
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.nextTransition(seq) }
            group.addTask { await connection.closed() }
            // It ends early, with an error, once the other has returned.
            group.addTask { _ = try? await Task.sleep(until: end, clock: .continuous) }
            _ = await group.next()
            group.cancelAll()
        }
    }
}

/// A connection whose client may hang up while its request waits.
private final class OpenConnection: Sendable {
    private let isOpenNow = Atomic<Bool>(true)
    private let ends: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation

    init() {
        (ends, end) = AsyncStream.makeStream()
    }

    var isOpen: Bool { isOpenNow.load(ordering: .relaxed) }

    func close() {
        isOpenNow.store(false, ordering: .relaxed)
        end.finish()
    }

    /// Returns when the client has hung up, or the task is cancelled.
    func closed() async {
        for await _ in ends {}
    }
}
