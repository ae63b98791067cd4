/// What a PostgreSQL server says of itself that decides what a commit on it survives, and whether it stays well.
///
/// Each part is read by itself, since a server may refuse one of them to an ordinary role, or lack it.
package struct ServerFacts: Sendable, Equatable {
    package var settings: Settings
    /// How far the server's clock is ahead of this machine's.
    package var clockLead: Duration?
    /// The servers that follow this one.
    package var standbys: [Standby]?
    package var transactions: OpenTransactions?
    package var leases: [HeldLease]?
    package var rights: Rights?
    /// How many more connections an ordinary role may open.
    package var connectionsLeft: Int?
    /// The age of the oldest transaction that is not frozen, counted in transactions: at two thousand million the
    /// server stops taking writes.
    package var transactionAge: Int?
    /// What could not be read, and why.
    package var refusals: [Refusal]

    package init(
        settings: Settings = Settings(),
        clockLead: Duration? = nil,
        standbys: [Standby]? = nil,
        transactions: OpenTransactions? = nil,
        leases: [HeldLease]? = nil,
        rights: Rights? = nil,
        connectionsLeft: Int? = nil,
        transactionAge: Int? = nil,
        refusals: [Refusal] = []
    ) {
        self.settings = settings
        self.clockLead = clockLead
        self.standbys = standbys
        self.transactions = transactions
        self.leases = leases
        self.rights = rights
        self.connectionsLeft = connectionsLeft
        self.transactionAge = transactionAge
        self.refusals = refusals
    }

    /// What every role may read.
    package struct Settings: Sendable, Equatable {
        /// Such as `15.4 (Debian 15.4-1)`.
        package var version: String
        /// Such as 150004.
        package var versionNumber: Int
        package var encoding: String
        package var fsync: Bool
        package var fullPageWrites: Bool
        /// The setting in force for the writer, which sets `on` itself unless the default is stronger.
        package var synchronousCommit: String
        /// Empty if no commit waits for a standby.
        package var synchronousStandbyNames: String
        /// Whether it takes no writes, because it follows another server.
        package var isStandby: Bool
        package var service: ManagedService?

        package init(
            version: String = "",
            versionNumber: Int = 0,
            encoding: String = "UTF8",
            fsync: Bool = true,
            fullPageWrites: Bool = true,
            synchronousCommit: String = "on",
            synchronousStandbyNames: String = "",
            isStandby: Bool = false,
            service: ManagedService? = nil
        ) {
            self.version = version
            self.versionNumber = versionNumber
            self.encoding = encoding
            self.fsync = fsync
            self.fullPageWrites = fullPageWrites
            self.synchronousCommit = synchronousCommit
            self.synchronousStandbyNames = synchronousStandbyNames
            self.isStandby = isStandby
            self.service = service
        }

        /// Whether each commit is in a second place before it returns, as far as the server can tell.
        package var isReplicated: Bool {
            switch service {
            case .aurora: true
            case .rds, .cloudSQL, .alloyDB, nil: !synchronousStandbyNames.isEmpty
            }
        }

        /// How many standbys a commit waits for: `FIRST 2 (…)`, `ANY 1 (…)`, `2 (…)`, or a list without a number.
        package var awaitedStandbys: Int {
            guard !synchronousStandbyNames.isEmpty else { return 0 }
            guard let list = synchronousStandbyNames.firstIndex(of: "(") else { return 1 }
            return synchronousStandbyNames[..<list].split(separator: " ").last.flatMap { Int($0) } ?? 1
        }
    }

    /// A service that runs the server, as far as its settings show.
    package enum ManagedService: String, Sendable {
        case aurora
        case rds
        case cloudSQL = "cloudsql"
        case alloyDB = "alloydb"
    }

    /// A server that follows this one.
    package struct Standby: Sendable, Equatable {
        package let name: String
        /// Such as `streaming`; `nil` if the role may not see it.
        package let state: String?
        /// `sync`, `quorum`, `potential` or `async`; `nil` if the role may not see it.
        package let synchrony: String?

        package init(name: String, state: String?, synchrony: String?) {
            self.name = name
            self.state = state
            self.synchrony = synchrony
        }

        /// Whether commits may count on it.
        package var isSynchronous: Bool { state == "streaming" && (synchrony == "sync" || synchrony == "quorum") }
    }

    /// Transactions in the ledger's database, which keep vacuum from clearing up.
    package struct OpenTransactions: Sendable, Equatable {
        /// Those that are open for ten minutes or more, the oldest first.
        package let long: [OpenTransaction]
        /// How many there are of which the role may not see since when.
        package let hidden: Int

        package init(long: [OpenTransaction], hidden: Int) {
            self.long = long
            self.hidden = hidden
        }
    }

    package struct OpenTransaction: Sendable, Equatable {
        package let process: Int
        package let user: String
        package let application: String
        package let age: Duration

        package init(process: Int, user: String, application: String, age: Duration) {
            self.process = process
            self.user = user
            self.application = application
            self.age = age
        }
    }

    /// A lease in the database, which may have run out.
    package struct HeldLease: Sendable, Equatable {
        package let name: String
        /// A receiver's random name.
        package let holder: String
        /// Until it runs out, by the server's clock; negative afterwards.
        package let left: Duration

        package init(name: String, holder: String, left: Duration) {
            self.name = name
            self.holder = holder
            self.left = left
        }
    }

    /// What the role may do that this program connects with.
    package struct Rights: Sendable, Equatable {
        package var role: String
        package var isSuperuser: Bool
        /// Whether it sees what other roles do, as a member of `pg_monitor` does.
        package var seesOthers: Bool
        /// Whether the tables of a ledger are there.
        package var hasTables: Bool
        package var canWrite: Bool
        /// Whether transitions can be changed or removed: the triggers that refuse it are gone or disabled.
        package var canChangeTransitions: Bool
        /// Whether the role `paystate_reader` may read the views; `nil` if there is no such role.
        package var readersCanRead: Bool?

        package init(
            role: String = "paystate",
            isSuperuser: Bool = false,
            seesOthers: Bool = true,
            hasTables: Bool = true,
            canWrite: Bool = true,
            canChangeTransitions: Bool = false,
            readersCanRead: Bool? = true
        ) {
            self.role = role
            self.isSuperuser = isSuperuser
            self.seesOthers = seesOthers
            self.hasTables = hasTables
            self.canWrite = canWrite
            self.canChangeTransitions = canChangeTransitions
            self.readersCanRead = readersCanRead
        }
    }

    /// Something that could not be read.
    package struct Refusal: Sendable, Equatable {
        package let part: Part
        package let reason: String

        package init(_ part: Part, reason: String) {
            self.part = part
            self.reason = reason
        }
    }

    /// What is read by itself.
    package enum Part: Sendable {
        case clock
        case standbys
        case transactions
        case leases
        case rights
        case connections
        case transactionAge
    }
}
