import Daemon

/// Watches all that a CSV file names, many at a time; a bad row is named by its line, and the rest go in.
struct WatchImport {
    let list: WatchList
    let recipient: Recipient
    let complain: (_ line: Int, _ explanation: String) -> Void
    /// Is told of each row that is done.
    let progress: (WatchSummary, _ bytesTaken: Int) -> Void

    /// Watches the rows that follow the header. What is named twice is watched in the order of the file.
    func run(_ rows: FileLines) async throws -> WatchSummary {
        var rows = rows
        return try await withThrowingTaskGroup(of: Done.self) { group in
            var summary = WatchSummary()
            var underWay: Set<Target> = []
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
                let target = Target(account: request.account, name: request.name)
                while underWay.count >= AdminClient.concurrency || underWay.contains(target),
                    let done = try await group.next()
                {
                    underWay.remove(done.target)
                    note(done, in: &summary)
                    progress(summary, rows.bytesTaken)
                }
                underWay.insert(target)
                group.addTask { [recipient, line = rows.number] in
                    do throws(NotFollowed) {
                        let answer = try await recipient.follow(request)
                        return Done(line: line, target: target, result: .success(answer))
                    } catch {
                        return Done(line: line, target: target, result: .failure(error))
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

    private struct Target: Sendable, Hashable {
        let account: String
        let name: InstructionRequest.Name
    }

    private struct Done: Sendable {
        let line: Int
        let target: Target
        let result: Result<InstructionAnswer, NotFollowed>
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
                complain(done.line, error.explanation)
            case .unavailable:
                if summary.stop.map({ done.line < $0.line }) ?? true { summary.stop = (done.line, error) }
            }
        }
    }

    private func note(_ error: WatchList.BadRow, at line: Int, in summary: inout WatchSummary) {
        summary.bad += 1
        complain(line, "\(error)")
    }
}
