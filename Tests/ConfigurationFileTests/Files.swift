import ConfigurationFile
import Payments

/// A machine with these files and this environment, and nothing else.
struct Files {
    var contents: [String: String] = [:]
    var worldReadable: Set<String> = []
    var variables: [String: String] = [:]
    var now = Timestamp(milliseconds: 1_800_000_000_000)
    /// What an installed unit gives the daemon; a command outside the unit reads it.
    var unit: InstalledUnit?
    var missingFolders: Set<String> = []

    var environment: HostEnvironment {
        let (contents, worldReadable, now, missingFolders) = (contents, worldReadable, now, missingFolders)
        return HostEnvironment(variables: variables) { path, limit throws(HostEnvironment.Unreadable) in
            guard let text = contents[path] else { throw .missing }
            guard text.utf8.count <= limit else { throw .larger(than: limit) }
            return HostEnvironment.File(bytes: Array(text.utf8), isWorldReadable: worldReadable.contains(path))
        } now: {
            now
        } isFolderMissing: {
            missingFolders.contains($0)
        }
        .asInstalled(unit)
    }

    /// Loads a text as `/etc/paystate.yaml`.
    func load(_ text: String) throws(ConfigurationError) -> Configuration {
        var files = self
        files.contents["/etc/paystate.yaml"] = text
        return try Configuration.load("/etc/paystate.yaml", files.environment)
    }

    /// The problems of a text, without the name of the file: `12: accounts.x: lacks …`.
    func problems(_ text: String) -> [String] {
        do {
            _ = try load(text)
            return []
        } catch {
            return error.problems.map { String($0.description.dropFirst("/etc/paystate.yaml:".count)) }
        }
    }

    /// An account that needs no other keys, as the last line of a file.
    static let account = "accounts: {a: {gateway: ecommpay, project_id: 1, secrets: [{env: SECRET}]}}"
    /// The host environment in which that account is valid.
    static let withSecret = Files(variables: ["SECRET": "sesame"])

    static let publicKey =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1h7809G9M4n2Hl6VRWN24HDMDCuz1NoMZTDGmE9/6EiW7y8oCUhw5fWluFG659nG"
        + "wSAGbRwF7U5CaHvv+PgUhfElcPjX2wGHdgmee2pF+NP7a8MRf6DfEWGOeKmaylRq9A/80hSPLSPH8lRl1PgV3CJS75kCNfPsg/CXudty5Gpp"
        + "2YE7/p/cQTfuEgKGeRIgJ08l82bsmzHPUkI8XvreeoqtRQQG5J+raB361dNUgl8W7FCTcSBfPK18qt1Cl/4rfK0TQg8ydNotvmSqoqJKXjbJ"
        + "I7kqyU6+RY4+5tXV04SIylGNdVi6tK2Drww56tPNNhveR7gy2pCqlgiNh+vWxwIDAQAB"
}
