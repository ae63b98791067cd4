import Foundation
import Glibc
import TestSupport
import Testing

/// The command lines of the documents do what they are shown for: each runs on a small ledger, and its exit code is
/// checked.
@Suite struct DocumentedCommandsTests {
    /// How a command is tried.
    private enum Trial {
        /// It runs to its end on a copy of the ledger, without a daemon.
        case alone
        /// It runs to its end beside a daemon, whose gateways answer. Some codes depend on the machine.
        case besideDaemon(ClosedRange<Int32>)
        /// It would run for long: a signal ends it once it has said this.
        case until(String, arguments: [String], signal: Int32, status: Int32)
        case omitted(reason: String)
    }

    /// The first row with which a line begins says how it is tried. A new command needs a row.
    private static let trials: [(words: [String], trial: Trial)] = [
        (["--generate-completion-script"], .alone),
        (["acknowledge"], .alone),
        (["alarms"], .alone),
        (["backup"], .alone),
        (["check-config"], .alone),
        (["deliver"], .alone),
        (["copy"], .omitted(reason: "it needs a PostgreSQL server")),
        // It exits with 1 or 2 where something is wrong with the machine, such as a disk that is nearly full.
        (["doctor"], .besideDaemon(0...2)),
        // It takes free ports of its own. What it does until its end is tested in DemoTests.
        (["demo"], .until("The database is", arguments: [], signal: SIGKILL, status: SIGKILL)),
        (["payments"], .alone),
        (["poll"], .besideDaemon(0...0)),
        (["prune"], .alone),
        (["rebuild"], .alone),
        (["reverify"], .alone),
        (["sandbox", "flood"], .omitted(reason: "it sends to fixed ports, for ten seconds")),
        (
            ["sandbox"],
            .until("Both gateways answer", arguments: ["--listen", "127.0.0.1:0"], signal: SIGTERM, status: 0)
        ),
        (["serve", "--example"], .omitted(reason: "it listens on fixed ports")),
        (["serve"], .until("listening", arguments: [], signal: SIGTERM, status: 0)),
        (["show"], .alone),
        (["watch"], .alone),
    ]

    /// The commands of all documents, each once.
    private static let commands: [DocumentedCommand] = {
        var seen: Set<[String]> = []
        return Document.all.flatMap(\.commands).filter { seen.insert($0.words).inserted }
    }()

    @Test func `every command line of the documents works`() async throws {
        #expect(Self.commands.count > 30)
        let bench = try await CommandBench()
        defer { bench.remove() }
        var (alone, stopped, beside): ([DocumentedCommand], [DocumentedCommand], [DocumentedCommand]) = ([], [], [])
        for command in Self.commands {
            switch Self.trial(of: command) {
            case .alone?: alone.append(command)
            case .until?: stopped.append(command)
            case .besideDaemon?: beside.append(command)
            case .omitted(let reason)?: #expect(!reason.isEmpty)
            case nil: Issue.record("nothing says how to try this: \(command)")
            }
        }
        try await Self.run(alone, bench.runs)
        for command in stopped {
            guard let trial = Self.trial(of: command),
                case .until(let text, let arguments, let signal, let status) = trial
            else { continue }
            let end = try await bench.runs.start(command.words + arguments, until: text, signal)
            #expect((end.output + end.errors).contains(text) && end.status == status, "\(command)\n\(end)")
        }
        try await bench.withDaemon { folder in
            for command in beside {
                guard case .besideDaemon(let codes)? = Self.trial(of: command) else { continue }
                let end = try await bench.runs.run(command.words, in: folder)
                #expect(codes.contains(end.status), "\(command)\n\(end)")
            }
        }
    }

    private static func trial(of command: DocumentedCommand) -> Trial? {
        trials.first { command.words.starts(with: $0.words) }?.trial
    }

    /// Runs a few commands at a time, each on a copy of its own.
    private static func run(_ commands: [DocumentedCommand], _ runs: CommandRuns) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, command) in commands.enumerated() {
                if index >= 3 { _ = try await group.next() }
                group.addTask {
                    let end = try await runs.run(command.words)
                    #expect(end.status == 0, "\(command)\n\(end)")
                }
            }
            try await group.waitForAll()
        }
    }
}
