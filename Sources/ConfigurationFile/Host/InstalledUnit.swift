package import Gateways

/// What systemd passes to the daemon, according to the text of its units: for commands that run outside of them.
package struct InstalledUnit: Sendable {
    /// A `LoadCredential=` or `LoadCredentialEncrypted=`: a file, or a folder in which each file is a credential.
    private struct Credential {
        let name: String
        let path: String
        let isEncrypted: Bool
    }

    /// Where a credential comes from.
    package enum Source: Sendable {
        case file(path: String)
        /// The content of an encrypted file.
        case decrypted(Secret)
        /// A file that was not, or could not be, decrypted.
        case encrypted(path: String)
    }

    private let credentials: [Credential]
    private var decrypted: [String: Secret] = [:]
    /// The folders that systemd creates before it starts the daemon.
    package let folders: Set<String>
    /// The addresses that its socket unit listens on.
    package let addresses: [String]

    /// - Parameters:
    ///   - service: the output of `systemctl cat` for the service, drop-ins included.
    ///   - socket: its output for the socket.
    package init(service: String, socket: String) {
        let service = Self.settings(service)
        // systemd keeps both in one list: either setting without a value clears it.
        let loaded = Self.inForce(service.filter { ["LoadCredential", "LoadCredentialEncrypted"].contains($0.name) })
        credentials = loaded.compactMap { name, value in
            let parts = value.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[1].hasPrefix("/") else { return nil }
            return Credential(name: parts[0], path: parts[1], isEncrypted: name == "LoadCredentialEncrypted")
        }
        folders = Set(
            service.flatMap { name, value in
                Self.places[name].map { place in value.split(separator: " ").map { "\(place)/\($0)" } } ?? []
            }
        )
        addresses = Self.inForce(Self.settings(socket).filter { $0.name == "ListenStream" }).map(\.value)
    }

    /// The files and folders of secrets that are not encrypted.
    package var secretPaths: [String] { credentials.filter { !$0.isEncrypted }.map(\.path) }

    /// Where a credential comes from; `nil` if the unit has none of this name.
    package func source(of name: String) -> Source? {
        if let secret = decrypted[name] { return .decrypted(secret) }
        if let own = credentials.last(where: { $0.name == name }) {
            return own.isEncrypted ? .encrypted(path: own.path) : .file(path: own.path)
        }
        // A file NAME in a folder that is loaded as ID is the credential ID_NAME.
        guard let folder = credentials.last(where: { name.hasPrefix("\($0.name)_") }) else { return nil }
        let path = "\(folder.path)/\(name.dropFirst(folder.name.count + 1))"
        return folder.isEncrypted ? .encrypted(path: path) : .file(path: path)
    }

    private static let places = [
        "StateDirectory": "/var/lib", "RuntimeDirectory": "/run", "CacheDirectory": "/var/cache",
        "LogsDirectory": "/var/log", "ConfigurationDirectory": "/etc",
    ]

    /// The settings, in order.
    private static func settings(_ text: String) -> [(name: String, value: String)] {
        text.replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].first?.isLetter == true else { return nil }
            return (String(parts[0]), String(parts[1]))
        }
    }

    /// The settings of one list that are in force: a setting without a value discards those before it.
    private static func inForce(_ settings: [(name: String, value: String)]) -> [(name: String, value: String)] {
        settings.reduce(into: []) { list, setting in
            if setting.value.isEmpty { list = [] } else { list.append(setting) }
        }
    }
}

extension InstalledUnit {
    package static let service = "paystate.service"
    package static let socket = "paystate.socket"

    /// The units of this machine; `nil` if systemd has none. Credentials that only root can decrypt are included for
    /// root alone.
    package static func ofThisMachine() async -> InstalledUnit? {
        let run = Subprocess()
        guard let service = await run("systemctl", ["cat", "--no-pager", service]) else { return nil }
        let socket = await run("systemctl", ["cat", "--no-pager", socket])
        var unit = InstalledUnit(service: service, socket: socket ?? "")
        for credential in unit.credentials where credential.isEncrypted {
            let arguments = ["decrypt", "--name=\(credential.name)", credential.path, "-"]
            guard let text = await run("systemd-creds", arguments) else { continue }
            unit.decrypted[credential.name] = Secret(name: credential.name, bytes: Array(text.utf8))
        }
        return unit
    }
}

extension HostEnvironment {
    /// The environment that the daemon would have on this machine, as far as it can be determined from here.
    package func asInstalled() async -> HostEnvironment {
        isOfUnit ? self : asInstalled(await InstalledUnit.ofThisMachine())
    }

    /// The environment of the daemon that a unit runs; unchanged for a command that the unit runs itself.
    package func asInstalled(_ unit: InstalledUnit?) -> HostEnvironment {
        guard !isOfUnit else { return self }
        return HostEnvironment(variables: variables, read: read, now: now, unit: unit, isFolderMissing: isFolderMissing)
    }

    private var isOfUnit: Bool { variables["CREDENTIALS_DIRECTORY"] != nil || variables["STATE_DIRECTORY"] != nil }
}
