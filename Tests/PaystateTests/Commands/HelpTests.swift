import ArgumentParser
import Testing

@testable import paystate

/// The help of each command, as a terminal of 80 columns shows it.
@Suite struct HelpTests {
    private static var commands: [any ParsableCommand.Type] { all(of: Paystate.self) }

    /// A command, and the commands within it.
    private static func all(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap { all(of: $0) }
    }

    private static func lines(of command: any ParsableCommand.Type) -> [String] {
        Paystate.helpMessage(for: command, includeHidden: false, columns: 80)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `an abstract is one line that says what to do`() {
        #expect(Self.commands.count > 15)
        for command in Self.commands {
            let abstract = command.configuration.abstract
            #expect(Self.lines(of: command).contains("OVERVIEW: \(abstract)"), "\(abstract)")
            #expect(abstract.split(separator: " ").first?.hasSuffix("s") == false, "\(abstract)")
        }
    }

    @Test func `examples are not broken, and no line is wider than the terminal`() {
        for command in Self.commands {
            let lines = Self.lines(of: command)
            let discussion = command.configuration.discussion
            for example in discussion.split(separator: "\n").filter({ $0.hasPrefix("  ") }) {
                #expect(lines.contains(String(example)), "\(example)")
                #expect(example.count <= 73, "the manual page has less room: \(example)")
            }
            let wide = lines.filter { $0.count > 80 }
            #expect(wide.isEmpty, "\(wide)")
        }
    }

    @Test func `every exit code is explained`() {
        let codes = [
            SysExit.usage, SysExit.data, SysExit.noInput, SysExit.unavailable, SysExit.software, SysExit.cannotCreate,
            SysExit.inputOutput, SysExit.configuration,
        ]
        let rows = Paystate.configuration.discussion.split(separator: "\n")
        for code in codes {
            #expect(rows.contains { $0.hasPrefix("  \(code.rawValue)  ") }, "\(code.rawValue)")
        }
    }
}
