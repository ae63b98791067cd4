import ConfigurationFile

/// Configurations with targets.
extension Files {
    /// 24 times an x, as a secret of Standard Webhooks.
    static let webhookSecret = "whsec_eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"

    /// The host environment in which the secrets of targets are where these tests say.
    static let withTargets = Files(
        contents: ["/etc/app.key": webhookSecret, "/run/credentials/app": "\(webhookSecret)\n"],
        variables: ["SECRET": "sesame", "APP": webhookSecret, "CREDENTIALS_DIRECTORY": "/run/credentials"]
    )

    /// A file whose account has this list under `forward`, in line 6.
    static func forwarding(_ list: String) -> String {
        """
        accounts:
          a:
            gateway: ecommpay
            project_id: 1
            secrets: [{env: SECRET}]
            forward: \(list)

        """
    }

    /// A file with this list under `notify`, in line 1, and the accounts a and b-2.
    static func notifying(_ list: String) -> String {
        "notify: \(list)\n" + forwarding("[]") + "  b-2: {gateway: ecommpay, project_id: 2, secrets: [{env: SECRET}]}\n"
    }
}
