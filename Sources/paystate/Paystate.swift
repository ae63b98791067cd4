import ArgumentParser

/// The command line: wiring only.
@main
struct Paystate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paystate",
        abstract: "Keep track of the state of every payment.",
        discussion: """
            Payment gateways post callbacks to `paystate serve`. It authenticates and decodes them, and records \
            every state transition in one SQLite file, which your other programs read. When no callback arrives, it \
            polls the gateway. A callback is acknowledged only after it is committed, and trusted only if it is \
            authentic.

              paystate demo                     see everything at work
              paystate serve --example          send callbacks by hand
              paystate check-config             is the configuration valid?
              paystate payments --state failed  which payments failed lately?
              paystate show ORDER-17            why is this payment in this state?
              paystate alarms                   what should a person look at?
              paystate poll ORDER-17            what does the gateway say now?
              paystate watch ORDER-18           poll it even without callbacks
              paystate acknowledge 17           close an anomaly, with a note
              paystate deliver                  send the shop what it missed
              paystate doctor                   is anything wrong, and what to do?
              paystate backup FILE              copy the database while it is used
              paystate copy FROM TO             move it to PostgreSQL, or back
              paystate reverify                 verify rejected callbacks again
              paystate rebuild --check          do all states follow the evidence?

            Exit codes are those of sysexits.h:

              0   done
              64  wrong usage
              65  a damaged database, or bad rows in a file
              66  no such payment, anomaly, target, file or database
              69  something is in use, does not answer, or libpq is missing
              70  a proof failed (demo, rebuild)
              73  a file or folder cannot be made
              74  the disk failed
              75  the database's server cannot be reached
              78  the configuration is wrong
            """,
        version: version,
        subcommands: [
            DemoCommand.self, ServeCommand.self, CheckConfigCommand.self, PaymentsCommand.self, ShowCommand.self,
            AlarmsCommand.self, WatchCommand.self, PollCommand.self, AcknowledgeCommand.self, DeliverCommand.self,
            BackupCommand.self, CopyCommand.self, PruneCommand.self, ReverifyCommand.self, RebuildCommand.self,
            DoctorCommand.self, SandboxCommand.self,
        ]
    )

    static let version = "0.1.0"
}
