import ArgumentParser

/// How much Paystate does in a second. Figures of different machines, disks and days cannot be compared; ratios of one
/// run can.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures what Paystate does in a second, on the disk of a folder.",
        subcommands: [CallbacksCommand.self, DueCommand.self, HostileCommand.self, InstructionsCommand.self]
    )
}
