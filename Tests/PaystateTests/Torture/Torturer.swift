import Foundation
import GRDB
import Glibc
import TestSupport

/// Does to a daemon what a machine, an administrator and other programs may do, and checks each time whether anything
/// is lost.
struct Torturer {
    private enum Act: CaseIterable {
        case kill, stop, freeze, read, startSecond
    }

    struct Figures {
        var kills = 0
        var stops = 0
        var freezes = 0
        var reads = 0
        var seconds = 0
        var restarts: [Duration] = []
        var acknowledged = 0
        var refusals = 0
        var failures = 0
        /// Acknowledged, and not in the database.
        var lost = 0
        /// Callbacks that are stored, or counted, more than once.
        var duplicates = 0
        var integrity: [String] = []

        var text: String {
            let times = restarts.sorted().map { Int($0 / .milliseconds(1)) }
            let median = times.isEmpty ? 0 : times[times.count / 2]
            return """
                \(kills) kills, \(stops) restarts, \(freezes) freezes, \(reads) long readers, \(seconds) second daemons refused; \
                \(acknowledged) acknowledged, \(refusals) refused, \(failures) unanswered; \(lost) lost, \(duplicates) twice; \
                ready after \(median) ms (median), \(times.last ?? 0) ms at most; integrity: \(integrity.joined(separator: ", "))
                """
        }
    }

    private let daemon: DaemonProcess
    private let shoppers: Shoppers
    private var chance: SplitMix
    private var figures = Figures()
    /// How many acknowledged callbacks were already verified.
    private var verified = 0

    init(_ daemon: DaemonProcess, _ shoppers: Shoppers, seed: UInt64) {
        self.daemon = daemon
        self.shoppers = shoppers
        chance = SplitMix(seed: seed)
    }

    /// Runs until the time is over, and at least once each way.
    mutating func torture(for time: Duration) async throws {
        let end = ContinuousClock.now + time
        var acts = Act.allCases
        while !acts.isEmpty || ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...1500, using: &chance)))
            // Kills are the point, and everything else happens between them.
            let isKill = acts.isEmpty && Int.random(in: 0..<4, using: &chance) > 0
            try await perform(isKill ? .kill : acts.popLast() ?? Act.allCases.randomElement(using: &chance) ?? .kill)
        }
    }

    private mutating func perform(_ act: Act) async throws {
        switch act {
        case .kill:
            daemon.stop(with: SIGKILL)
            figures.kills += 1
            try await restart()
        case .stop:
            guard daemon.stop() == 0 else { throw Wrong("the daemon does not end as it should:\n\(daemon.log)") }
            figures.stops += 1
            try await restart()
        case .freeze:
            daemon.signal(SIGSTOP)
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...2000, using: &chance)))
            daemon.signal(SIGCONT)
            figures.freezes += 1
        case .read: try await read()
        case .startSecond:
            guard try await !daemon.startsSecond() else { throw Wrong("a second daemon is let in") }
            figures.seconds += 1
        }
    }

    private mutating func restart() async throws {
        // What was acknowledged before the end must be there before the restart.
        try verify()
        let start = ContinuousClock.now
        try await daemon.start()
        figures.restarts.append(ContinuousClock.now - start)
    }

    /// Holds a snapshot of the database for a while, as a long report does; about every other time the daemon is killed
    /// meanwhile.
    private mutating func read() async throws {
        let queue = try DatabaseQueue.reader(of: daemon.database)
        let pause = Duration.milliseconds(Int.random(in: 500...3000, using: &chance))
        let isKilled = Bool.random(using: &chance)
        try queue.inDatabase { database in
            try database.execute(sql: "BEGIN; SELECT count(*) FROM callbacks")
        }
        try await Task.sleep(for: pause)
        figures.reads += 1
        if isKilled { try await perform(.kill) }
        try queue.inDatabase { try $0.execute(sql: "COMMIT") }
        try queue.close()
    }

    /// Looks for callbacks acknowledged since the last check.
    private mutating func verify() throws {
        let digests = shoppers.acknowledged(from: verified)
        verified += digests.count
        let queue = try DatabaseQueue.reader(of: daemon.database)
        figures.lost += try queue.read { database in
            let find = try database.makeStatement(sql: "SELECT 1 FROM callback WHERE digest = ? AND account = 1")
            return try digests.count { digest in
                try Int.fetchOne(find, arguments: [Data(digest)]) == nil
            }
        }
        try queue.close()
    }

    /// Checks everything once more, at the end.
    mutating func reckon() throws -> Figures {
        let before = figures.lost
        (figures.lost, verified) = (0, 0)
        try verify()
        figures.lost = max(before, figures.lost)
        (figures.acknowledged, figures.refusals, figures.failures) = shoppers.counts
        let queue = try DatabaseQueue.reader(of: daemon.database)
        (figures.duplicates, figures.integrity) = try queue.read { database in
            // Each callback is about its own payment, which nothing moves twice.
            let twice = """
                SELECT (SELECT count(*) - count(DISTINCT digest) FROM callback)
                     + (SELECT count(*) FROM (SELECT 1 FROM entries GROUP BY payment_id HAVING count(*) > 1))
                """
            return (
                try Int.fetchOne(database, sql: twice) ?? 0,
                try String.fetchAll(database, sql: "PRAGMA integrity_check")
            )
        }
        try queue.close()
        return figures
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
