import Payments

/// A key of the configuration file, but for those of accounts, which the gateways know (``Gateway/settings``).
///
/// One table says everything about a key: how it is read, whether a reload takes it, and what the documentation says of it.
/// Sections, suggestions for unknown keys, the differences that a reload reports and the table in docs/configuration.md are made
/// of it.
package struct ConfigurationKey: Sendable {
    /// How a new value takes effect.
    package enum Effect: String, Sendable {
        case reload
        case restart
    }

    /// As it is written in documents: the section and the name in it, such as `limits.body`.
    package let name: String
    package let effect: Effect
    /// What it takes, its value if it is missing, and what values are allowed, in words.
    package let type: String
    package let standard: String
    package let allowed: String
    /// What it means, for the reference.
    package let meaning: String
    let hasChanged: @Sendable (_ old: Configuration, _ new: Configuration) -> Bool
    let read: @Sendable (YAMLValue, inout Configuration, inout ConfigurationReader) -> Void

    package func hasChanged(from old: Configuration, to new: Configuration) -> Bool { hasChanged(old, new) }

    /// The section it is in; empty at the top.
    var section: Substring { name.firstIndex(of: ".").map { name[..<$0] } ?? "" }
    var nameInSection: String {
        String(name[name.index(name.startIndex, offsetBy: section.isEmpty ? 0 : section.count + 1)...])
    }
}

// MARK: The table

extension ConfigurationKey {
    package static let all: [ConfigurationKey] = ofDatabase + listeners + limits + reconcile + retention + targets

    /// The two make one property, and differ in which part of it they compare.
    static let ofDatabase = [
        ConfigurationKey(
            name: "database",
            effect: .restart,
            type: "path or URL",
            standard: "`$STATE_DIRECTORY/paystate.db`, else `./paystate.db`",
            allowed: "a path, whose folder must exist, on a local file system; or `postgresql://…`, without a password",
            meaning: "the SQLite file, or the [PostgreSQL database](#database)",
            hasChanged: { $0.database.description != $1.database.description },
            read: { item, configuration, reader in
                guard let address = reader.database(item) else { return }
                configuration.database = address
                if case .file(let path) = address { reader.expectFolder(of: path, item) }
            }
        ),
        ConfigurationKey(
            name: "database_password",
            effect: .restart,
            type: "secret",
            standard: "none",
            allowed: "with a URL under `database` only",
            meaning: "the password of the user in that URL, if the server asks for one",
            hasChanged: { $0.database.password != $1.database.password },
            read: { item, configuration, reader in reader.readPassword(item, into: &configuration.database) }
        ),
    ]

    private static let listeners: [ConfigurationKey] = [
        own(
            "listen",
            \.listen,
            .restart,
            "address",
            "`127.0.0.1:8080`",
            "`host:port`, `[v6]:port` or `systemd`",
            "the [public listener](http-api.md#public-listener); see [listen](#listen)"
        ) { item, configuration, reader in
            if let value = reader.listen(item) { configuration.listen = value }
        },
        own(
            "tls",
            \.tls,
            .reload,
            "mapping of `certificate` and `private_key`",
            "none",
            "two PEM files: a chain of at most 1 MiB, the server's own certificate first; a key without a passphrase, RSA of 2048 "
                + "bits or more, or ECDSA",
            "with it, the public listener speaks TLS only"
        ) { item, configuration, reader in
            configuration.tls = Configuration.TLS(item, &reader)
        },
        own(
            "trusted_proxies",
            \.trustedProxies,
            .reload,
            "list of networks",
            "`[]`",
            "such as `10.0.0.0/8` or `::1/128`",
            "[only these may set `X-Forwarded-For`](#trusted_proxies)"
        ) { item, configuration, reader in
            configuration.trustedProxies = reader.trustedProxies(item)
        },
        own(
            "admin",
            \.admin,
            .restart,
            "list of addresses",
            "`[]`",
            "absolute paths of Unix sockets (at most 107 bytes), loopback `host:port`",
            "the [admin listeners](http-api.md#admin-listener)"
        ) { item, configuration, reader in
            configuration.admin = reader.admin(item)
        },
        own(
            "admin_hosts",
            \.adminHosts,
            .reload,
            "list of names",
            "`[]`",
            "host names without a port",
            "names, besides loopback's, under which an admin listener may be asked over TCP"
        ) { item, configuration, reader in
            configuration.adminHosts = reader.adminHosts(item)
        },
    ]

    private static let limits: [ConfigurationKey] = [
        size("limits.body", \.limits.body, in: 1...64 << 20, "the largest body of a callback"),
        number(
            "limits.connections",
            \.limits.connections,
            in: 1...1_000_000,
            "open connections of the public listener"
        ),
        duration("limits.request_time", \.limits.requestTime, "from the first byte of a request to its last"),
        number("limits.queue", \.limits.queue, in: 1...1_000_000, "callbacks that may wait to be committed"),
    ]

    private static let reconcile: [ConfigurationKey] = [
        duration(
            "reconcile.first_after",
            \.reconcile.schedule.firstAfter,
            zero: "0s or more",
            "from the last evidence to the first poll"
        ),
        durations(
            "reconcile.schedule",
            \.reconcile.schedule.steps,
            none: nil,
            "pauses between polls; the last one repeats"
        ),
        duration(
            "reconcile.give_up_after",
            \.reconcile.schedule.giveUpAfter,
            "after that a payment is `unresolved`"
        ),
        duration(
            "reconcile.authorized_every",
            \.reconcile.schedule.authorizedEvery,
            "how often held money is polled about"
        ),
        duration(
            "reconcile.second_look",
            \.reconcile.schedule.secondLook,
            zero: "0s turns it off",
            "when failed and expired payments are polled once more"
        ),
        durations(
            "reconcile.audit",
            \.reconcile.schedule.audit,
            none: "`[]` turns it off",
            "ages at which paid ecommpay payments are polled once more"
        ),
        number(
            "reconcile.requests_per_second",
            \.reconcile.requestsPerSecond,
            in: 1...10_000,
            "polls a second, per account"
        ),
        number("reconcile.concurrency", \.reconcile.concurrency, in: 1...10_000, "polls in flight, per account"),
    ]

    private static let retention: [ConfigurationKey] = [
        duration("retention.bodies", \.retention.bodies, "age at which bodies are emptied"),
        duration("retention.rejected", \.retention.rejected, "age at which rejected requests are dropped"),
        number(
            "retention.rejected_rows",
            \.retention.rejectedRows,
            in: 0...1_000_000_000,
            "rejected requests that are kept"
        ),
        size("retention.rejected_bytes", \.retention.rejectedBytes, in: 0...1 << 40, "what they may take together"),
    ]

    private static let targets: [ConfigurationKey] = [
        own(
            "notify",
            \.notify,
            .reload,
            "list of targets",
            "`[]`",
            "each with `to`, an http or https URL, and `secret`",
            "[who is notified of transitions](#notify)"
        ) { item, configuration, reader in
            configuration.notify = reader.notifyTargets(item, configuration.listen)
        }
    ]
}

// MARK: Kinds of keys

extension ConfigurationKey {
    private typealias Path<Value> = any WritableKeyPath<Configuration, Value> & Sendable

    /// The values of a file that gives none.
    private static let standards = Configuration(database: .file(""), accounts: [])

    private static func own<Value: Equatable & SendableMetatype>(
        _ name: String,
        _ path: Path<Value>,
        _ effect: Effect,
        _ type: String,
        _ standard: String,
        _ allowed: String,
        _ meaning: String,
        read: @escaping @Sendable (YAMLValue, inout Configuration, inout ConfigurationReader) -> Void
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name,
            effect: effect,
            type: type,
            standard: standard,
            allowed: allowed,
            meaning: meaning,
            hasChanged: { $0[keyPath: path] != $1[keyPath: path] },
            read: read
        )
    }

    /// A key whose value a reload takes, and whose default is a value of this program.
    private static func plain<Value: Equatable & SendableMetatype>(
        _ name: String,
        _ path: Path<Value>,
        _ type: String,
        _ allowed: String,
        _ meaning: String,
        _ text: (Value) -> String,
        read: @escaping @Sendable (YAMLValue, inout Value, inout ConfigurationReader) -> Void
    ) -> ConfigurationKey {
        own(name, path, .reload, type, "`\(text(standards[keyPath: path]))`", allowed, meaning) {
            read($0, &$1[keyPath: path], &$2)
        }
    }

    private static func size(
        _ name: String,
        _ path: Path<Int>,
        in range: ClosedRange<Int>,
        _ meaning: String
    ) -> ConfigurationKey {
        let allowed = "\(Quantity.text(ofBytes: range.lowerBound)) to \(Quantity.text(ofBytes: range.upperBound))"
        return plain(name, path, "size", allowed, meaning, Quantity.text(ofBytes:)) { item, value, reader in
            reader.readSize(item, into: &value, in: range)
        }
    }

    private static func number(
        _ name: String,
        _ path: Path<Int>,
        in range: ClosedRange<Int64>,
        _ meaning: String
    ) -> ConfigurationKey {
        let allowed = "\(range.lowerBound) to \(range.upperBound)"
        return plain(name, path, "number", allowed, meaning, { "\($0)" }) { item, value, reader in
            reader.read(item, into: &value, in: range)
        }
    }

    /// - Parameter zero: what 0s means, where it is allowed.
    private static func duration(
        _ name: String,
        _ path: Path<Duration>,
        zero: String? = nil,
        _ meaning: String
    ) -> ConfigurationKey {
        plain(name, path, "duration", zero ?? "more than 0s", meaning, Quantity.text(of:)) { item, value, reader in
            reader.read(item, into: &value, isZeroAllowed: zero != nil)
        }
    }

    /// - Parameter none: what an empty list means, where it is allowed.
    private static func durations(
        _ name: String,
        _ path: Path<[Duration]>,
        none: String?,
        _ meaning: String
    ) -> ConfigurationKey {
        let allowed = none ?? "at least one, each more than 0s"
        let text = { (list: [Duration]) in "[\(list.map(Quantity.text).joined(separator: ", "))]" }
        return plain(name, path, "list of durations", allowed, meaning, text) { item, value, reader in
            reader.read(item, into: &value, isNoneAllowed: none != nil)
        }
    }
}

// MARK: Reading

extension ConfigurationReader {
    /// The sections below the top, in the order of the table.
    static let sections = ConfigurationKey.all.reduce(into: [String]()) { sections, key in
        if !key.section.isEmpty, sections.last != String(key.section) { sections.append(String(key.section)) }
    }

    /// The names in a section, in the order of the table; at the top, sections are names too.
    static func names(in section: String) -> [String] {
        ConfigurationKey.all.filter { $0.section == section }.map(\.nameInSection) + (section.isEmpty ? sections : [])
    }

    /// Reads what a mapping of the top has of the table: its own keys, and those of its sections.
    mutating func read(_ top: YAMLMapping, into configuration: inout Configuration) {
        read("", top, into: &configuration)
        for section in Self.sections {
            guard let item = top[section] else { continue }
            read(section, self.section(item, of: Self.names(in: section)), into: &configuration)
        }
    }

    private mutating func read(_ section: String, _ mapping: YAMLMapping, into configuration: inout Configuration) {
        for key in ConfigurationKey.all where key.section == section {
            if let item = mapping[key.nameInSection] { key.read(item, &configuration, &self) }
        }
    }
}
