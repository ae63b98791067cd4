package import ConfigurationFile
import Logging
import Payments

/// The differences between a configuration and the one before, as keys of the file. It contains no values, so it cannot
/// contain a secret.
package struct ConfigurationChanges: Sendable, Equatable {
    package struct Account: Sendable, Equatable {
        package let name: String
        package let settings: [String]
    }

    package let added: [String]
    package let removed: [String]
    package let changed: [Account]
    /// Other keys whose new values are in force from now on.
    package let keys: [String]
    /// Keys whose new values take effect only after a restart.
    package let keysForRestart: [String]

    package init(from old: Configuration, to new: Configuration) {
        func key<Value: Equatable>(_ name: String, _ value: (Configuration) -> Value) -> String? {
            value(old) == value(new) ? nil : name
        }
        keys = [
            key("tls") { $0.tls },
            key("trusted_proxies") { $0.trustedProxies },
            key("admin_hosts") { $0.adminHosts },
            key("limits.body") { $0.limits.body },
            key("limits.connections") { $0.limits.connections },
            key("limits.request_time") { $0.limits.requestTime },
            key("limits.queue") { $0.limits.queue },
            key("reconcile.first_after") { $0.reconcile.schedule.firstAfter },
            key("reconcile.schedule") { $0.reconcile.schedule.steps },
            key("reconcile.give_up_after") { $0.reconcile.schedule.giveUpAfter },
            key("reconcile.authorized_every") { $0.reconcile.schedule.authorizedEvery },
            key("reconcile.second_look") { $0.reconcile.schedule.secondLook },
            key("reconcile.audit") { $0.reconcile.schedule.audit },
            key("reconcile.requests_per_second") { $0.reconcile.requestsPerSecond },
            key("reconcile.concurrency") { $0.reconcile.concurrency },
            key("retention.bodies") { $0.retention.bodies },
            key("retention.rejected") { $0.retention.rejected },
            key("retention.rejected_rows") { $0.retention.rejectedRows },
            key("retention.rejected_bytes") { $0.retention.rejectedBytes },
        ].compactMap { $0 }
        keysForRestart = [
            key("database") { $0.database },
            key("listen") { $0.listen },
            key("admin") { $0.admin },
        ].compactMap { $0 }
        let before = Dictionary(old.accounts.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(new.accounts.map(\.name))
        added = new.accounts.map(\.name).filter { before[$0] == nil }
        removed = old.accounts.map(\.name).filter { !names.contains($0) }
        changed = new.accounts.compactMap { account in
            let settings = before[account.name].map { account.changes(since: $0) } ?? []
            return settings.isEmpty ? nil : Account(name: account.name, settings: settings)
        }
    }
}

extension ConfigurationChanges {
    /// The changes in force from now on, for the log; empty if there are none.
    var metadata: Logger.Metadata {
        let changed = changed.map { "\($0.name) (\($0.settings.joined(separator: ", ")))" }
        let lists = [
            "accounts.added": added, "accounts.removed": removed, "accounts.changed": changed, "changed": keys,
        ]
        return lists.filter { !$0.value.isEmpty }.mapValues { "\($0.joined(separator: ", "))" }
    }
}
