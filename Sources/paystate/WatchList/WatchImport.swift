import Daemon
import Foundation

/// Watches all payments in a CSV file, many at a time; a bad row is reported by its line, and the rest are imported.
struct WatchImport {
    let list: WatchList
    let target: InstructionTarget
    let printError: (_ line: Int, _ explanation: String) -> Void
    /// Called after each row.
    let progress: (WatchSummary, _ bytesTaken: Int) -> Void

    /// Watches the rows after the header. A payment named twice is watched in the order of the file.
    func run(_ rows: FileLines) async throws -> WatchSummary {
        var rows = rows
        return try await withThrowingTaskGroup(of: Done.self) { group in
            var summary = WatchSummary()
            var inFlight: Set<Thing> = []
            while summary.stop == nil, let row = try rows.next() {
                guard !Self.isBlank(row) else { continue }
                let request: InstructionRequest
                do throws(WatchList.BadRow) {
                    request = try list.request(of: row)
                } catch {
                    note(error, at: rows.number, in: &summary)
                    progress(summary, rows.bytesTaken)
                    continue
                }
                let thing = Thing(account: request.account, name: request.name)
                while inFlight.count >= AdminClient.concurrency || inFlight.contains(thing),
                    let done = try await group.next()
                {
                    inFlight.remove(done.thing)
                    note(done, in: &summary)
                    progress(summary, rows.bytesTaken)
                }
                inFlight.insert(thing)
                group.addTask { [target, thing, line = rows.number] in
                    do throws(InstructionFailure) {
                        let answer = try await target.follow(request)
                        return Done(line: line, thing: thing, result: .success(answer))
                    } catch {
                        return Done(line: line, thing: thing, result: .failure(error))
                    }
                }
            }
            for try await done in group { note(done, in: &summary) }
            progress(summary, rows.bytesTaken)
            return summary
        }
    }

    private static func isBlank(_ row: [UInt8]) -> Bool {
        row.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private struct Thing: Sendable, Hashable {
        let account: String
        let name: InstructionRequest.Name
    }

    private struct Done: Sendable {
        let line: Int
        let thing: Thing
        let result: Result<InstructionAnswer, InstructionFailure>
    }

    private func note(_ done: Done, in summary: inout WatchSummary) {
        switch done.result {
        case .success(let answer):
            summary.watched += 1
            if answer.isNew { summary.created += 1 }
        case .failure(let error):
            switch error.reason {
            case .refused, .unknown:
                summary.bad += 1
                printError(done.line, error.explanation)
            case .unavailable:
                if summary.stop.map({ done.line < $0.line }) ?? true { summary.stop = (done.line, error) }
            }
        }
    }

    private func note(_ error: WatchList.BadRow, at line: Int, in summary: inout WatchSummary) {
        summary.bad += 1
        printError(line, "\(error)")
    }
}

/// The result of importing a list of payments to watch.
struct WatchSummary {
    var watched = 0
    var created = 0
    var bad = 0
    /// Why the import ended early, if it did, and at which line.
    var stop: (line: Int, reason: InstructionFailure)?

    /// For people, at the end.
    var text: String {
        let sum = "\(watched) watched: \(created) new, \(watched - created) already known."
        return bad == 0 ? sum : "\(sum) \(bad) bad."
    }

    /// For people, meanwhile.
    var progress: String { "\(watched) watched, \(bad) bad" }

    /// For programs.
    var json: String { #"{"bad":\#(bad),"created":\#(created),"stopped":\#(stop != nil),"watched":\#(watched)}"# }
}

/// A line on standard error that is redrawn in place, several times a second.
final class Progress {
    private let isShown: Bool
    private var drawnAt: ContinuousClock.Instant?

    init(isShown: Bool) {
        self.isShown = isShown
    }

    func show(_ text: () -> String) {
        let now = ContinuousClock.now
        guard isShown, drawnAt.map({ $0 + .milliseconds(100) <= now }) ?? true else { return }
        write("\r\(text())\u{1B}[K")
        drawnAt = now
    }

    func clear() {
        guard drawnAt != nil else { return }
        write("\r\u{1B}[K")
        drawnAt = nil
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
