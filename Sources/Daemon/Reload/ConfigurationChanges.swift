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
        let changedKeys = ConfigurationKey.all.filter { $0.hasChanged(from: old, to: new) }
        keys = changedKeys.filter { $0.effect == .reload }.map(\.name)
        keysForRestart = changedKeys.filter { $0.effect == .restart }.map(\.name)
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
