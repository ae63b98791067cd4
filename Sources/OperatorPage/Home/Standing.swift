package import Ledger
package import Payments
import Telemetry

/// What the first page tells of.
package struct Standing {
    /// The names of the accounts in the configuration.
    let configured: [String]
    /// Rows of `account_health`.
    let accounts: [ViewRow]
    /// Rows of `callbackHours`.
    let hours: [ViewRow]
    let targets: [ViewRow]
    /// Why the database cannot be written now.
    let unwritable: String?
    /// `nil` for a server, or if it cannot be known.
    let disk: FreeSpace?
    let place: String
    /// `SQLite 3.51.1`
    let engine: String
    let version: String
    let now: Timestamp

    package init(
        configured: [String],
        accounts: [ViewRow],
        hours: [ViewRow],
        targets: [ViewRow],
        unwritable: String?,
        disk: FreeSpace?,
        place: String,
        engine: String,
        version: String,
        now: Timestamp
    ) {
        self.configured = configured
        self.accounts = accounts
        self.hours = hours
        self.targets = targets
        self.unwritable = unwritable
        self.disk = disk
        self.place = place
        self.engine = engine
        self.version = version
        self.now = now
    }

    var facts: [HomeView.Fact] {
        var facts: [HomeView.Fact] = []
        if let disk {
            let share = disk.total > 0 ? " (\(disk.bytes / max(1, disk.total / 100)) %)" : ""
            let text = "\(Approximate.bytes(disk.bytes)) of \(Approximate.bytes(disk.total)) free\(share)"
            facts.append(HomeView.Fact(label: "Disk", text: text))
        }
        return facts + [
            HomeView.Fact(label: "Database", text: place), HomeView.Fact(label: "Engine", text: engine),
            HomeView.Fact(label: "Paystate", text: version),
        ]
    }

    /// Whether less than a twentieth of the disk, or 1 GB, is free.
    var isShort: Bool { disk.map { $0.bytes < 1_000_000_000 || $0.bytes < $0.total / 20 } ?? false }
}
