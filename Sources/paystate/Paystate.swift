import ArgumentParser

/// The command line: wiring only.
@main
struct Paystate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paystate",
        abstract: "Knows the state of every payment.",
        discussion: """
            Payment gateways post callbacks to `paystate serve`; it authenticates them, decodes them, and records \
            every state transition in one SQLite file, which your other programs read; it polls the gateways about \
            what stays silent. Nothing is acknowledged before it is committed, and nothing that is not authenticated \
            is trusted.

              paystate demo                     see it work: daemon, gateways, shoppers
              paystate serve --example          send it callbacks by hand
              paystate check-config             is the configuration valid?
              paystate payments --state failed  what failed lately?
              paystate show ORDER-17            why is this payment in this state?
              paystate alarms                   what should a person look at?
              paystate poll ORDER-17            what does the gateway say now?
              paystate watch ORDER-18           find it, even if no callback comes
              paystate acknowledge 17           close an anomaly that you have looked at
              paystate doctor                   is anything wrong, and what to do?
              paystate backup FILE              copy the database while the daemon runs
              paystate reverify                 verify rejected callbacks again, with a corrected key
              paystate rebuild --check          is every state what the evidence says?

            Exit codes are those of sysexits.h: 64 usage, 65 bad rows in a file, or a damaged database, 66 no such \
            payment or database, 69 another daemon holds the database or its address, or nothing answers, 70 a proof \
            failed (demo, rebuild), 73 a file or folder cannot be made, 74 the disk failed, 78 the configuration is \
            wrong.
            """,
        version: version,
        subcommands: [
            DemoCommand.self, ServeCommand.self, CheckConfigCommand.self, PaymentsCommand.self, ShowCommand.self,
            AlarmsCommand.self, WatchCommand.self, PollCommand.self, AcknowledgeCommand.self,
            BackupCommand.self, PruneCommand.self, ReverifyCommand.self, RebuildCommand.self, DoctorCommand.self,
            SandboxCommand.self,
        ]
    )

    static let version = "0.1.0"
}
