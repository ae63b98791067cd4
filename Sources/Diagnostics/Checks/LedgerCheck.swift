package import ConfigurationFile
import Glibc
package import Ledger
package import Payments
import Telemetry

/// Checks the database itself.
package struct LedgerCheck {
    package static let name = "database"
    package static let heartbeatName = "heartbeat"
    package static let pagesName = "pages"

    /// A daemon may date rows this much later than this process without that being a finding.
    private static let tolerance = Duration.seconds(60)

    package let now: Timestamp

    package init(now: Timestamp) {
        self.now = now
    }

    /// - Parameter accounts: Those of the configuration, if it is known.
    package func findings(database: DatabaseAddress, accounts: Set<String>?) async -> [Finding] {
        let location: LedgerLocation
        let advice: String
        // The library and the pages are those of a file; a server looks after its own.
        let isFile: Bool
        switch database {
        case .file(let path):
            guard FileStatus(of: path) == nil || access(path, R_OK) == 0 else {
                let advice = "run this as a user of the database's group, or with sudo"
                return [Finding(Self.name, .skipped, "\(path) cannot be read by this user", advice: advice)]
            }
            location = .file(path: path)
            isFile = true
            advice = "is it the right file, and may this user read it (`ls -l \(path)*`, `id`)?"
        case .postgreSQL(let url, let password):
            location = .postgreSQL(PostgreSQLAddress(url: url, password: password))
            isFile = false
            advice = "does the server run, and does it let this user in (`psql '\(url)'`)?"
        }
        let reader: LedgerReader
        let schema: LedgerSchema
        do {
            // A standby is behind: it is read only where no server takes writes.
            if let ofWriter = try? LedgerReader(at: location, isOfWriter: true) {
                reader = ofWriter
            } else {
                reader = try LedgerReader(at: location)
            }
            schema = try reader.schema()
        } catch {
            return [Finding(Self.name, .failure, "\(error)", advice: advice)]
        }
        let library: [Finding] = isFile ? [SQLiteCheck.finding(version: schema.engineVersion)] : []
        let seen = "\(database) has schema version \(schema.version)"
        guard schema.version == schema.known else {
            let advice =
                "restart the daemon (`systemctl restart paystate`): the installed program upgrades the schema"
            return library + [Finding(Self.name, .warning, "\(seen), this paystate \(schema.known)", advice: advice)]
        }
        do {
            let health = try await reader.ledgerHealth()
            let ahead = try await reader.datedAhead(of: now + Self.tolerance)
            let targets = try await reader.targetHealth()
            var findings = library + [Finding(Self.name, .ok, seen), heartbeat(health)]
            if isFile { findings.append(pages(health)) }
            findings.append(RecordedTimesCheck.finding(ahead))
            findings += AccountsCheck(now: now).findings(health, accounts: accounts)
            return findings + TargetsCheck(now: now).findings(targets)
        } catch {
            let advice =
                "if it says «malformed» or «corrupt», stop the daemon, keep the files, and restore the last backup"
            return library + [Finding(Self.name, .failure, "\(seen), but cannot be read: \(error)", advice: advice)]
        }
    }

    /// The result of reading all pages, which a daemon does once a day.
    private func pages(_ health: LedgerHealth) -> Finding {
        guard let last = health.pageCheck else {
            return Finding(Self.pagesName, .skipped, "no daemon has read all pages of the database yet")
        }
        let age = Approximate.time(now - last.finishedAt)
        guard let damage = last.damage else {
            return Finding(Self.pagesName, .ok, "all pages were read \(age) ago, and none is damaged")
        }
        let advice =
            """
            keep the files, restore the last backup, and check the disk (`dmesg`, `smartctl -a`); the pages are \
            checked again each hour
            """
        return Finding(
            Self.pagesName,
            .failure,
            "found damaged \(age) ago: \(damage.firstPrintable(200))",
            advice: advice
        )
    }

    /// The age of the last test write, which a daemon makes every minute.
    private func heartbeat(_ health: LedgerHealth) -> Finding {
        guard let last = health.lastProbe else {
            return Finding(Self.heartbeatName, .skipped, "no daemon has verified yet that the database can be written")
        }
        let age = now - last
        let seen = "the daemon last verified \(Approximate.time(age)) ago that the database can be written"
        guard age > .seconds(180) else { return Finding(Self.heartbeatName, .ok, seen) }
        let advice =
            "is the daemon stopped, the disk full, or the database locked by another program? See the other findings"
        return Finding(Self.heartbeatName, .warning, seen, advice: advice)
    }
}

/// Checks which SQLite this program is linked to.
package struct SQLiteCheck {
    package static let name = "SQLite"

    /// - Parameter version: Such as `3.40.1`.
    package static func finding(version: String) -> Finding {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 3 else { return Finding(name, .skipped, "its version «\(version)» cannot be parsed") }
        guard parts.lexicographicallyPrecedes([3, 51, 3]) else { return Finding(name, .ok, version) }
        let advice = """
            before 3.51.3 a database can be damaged when one connection empties the write-ahead log while another \
            commits; Paystate is safe from it, because a single connection does both, as long as no other program \
            writes to the file or checkpoints it: let them open it with mode=ro
            """
        return Finding(name, .ok, version, advice: advice)
    }
}

/// Checks whether anything was recorded while the clock ran ahead.
package struct RecordedTimesCheck {
    package static let name = "recorded times"

    package static func finding(_ ahead: FutureTimestamps?) -> Finding {
        guard let ahead else { return Finding(name, .ok, "nothing is dated in the future") }
        func count(_ number: Int, _ noun: String) -> String {
            number < FutureTimestamps.mostCounted ? Approximate.count(number, noun) : "\(number) \(noun)s or more"
        }
        let advice = """
            nothing waits for that time: polls go by the clock as it is now. See why it ran ahead \
            (`timedatectl`, `journalctl -u systemd-timesyncd`, or chrony); until then lists by time show these first
            """
        return Finding(
            name,
            .warning,
            """
            \(count(ahead.callbacks, "callback")) and the last change of \(count(ahead.payments, "payment")) are dated \
            in the future, up to \(ahead.latest.text): the clock ran ahead when they were recorded
            """,
            advice: advice
        )
    }
}
