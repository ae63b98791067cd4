package import Payments

/// Everything an operator decides, read from one file and validated.
package struct Configuration: Sendable {
    package enum Listen: Sendable, Hashable {
        case address(HostAndPort)
        /// The sockets that systemd passes.
        case systemd
    }

    /// PEM files, read again on each reload of the configuration.
    package struct TLS: Sendable, Hashable {
        package let certificate: String
        package let privateKey: String
        /// The content of the two files.
        package let identity: TLSIdentity

        package init(certificate: String, privateKey: String, identity: TLSIdentity) {
            self.certificate = certificate
            self.privateKey = privateKey
            self.identity = identity
        }
    }

    package var database: DatabaseAddress
    package var listen = Listen.address(HostAndPort(host: "127.0.0.1", port: 8080))
    package var tls: TLS?
    package var trustedProxies = TrustedProxies()
    package var admin: [AdminAddress] = []
    /// Host names, besides those of loopback, under which the admin listener accepts requests over TCP; in lower case.
    package var adminHosts: [String] = []
    package var limits = Limits()
    package var reconcile = Reconcile()
    package var retention = Retention()
    /// Who is notified of transitions, in the order of the file.
    package var notify: [NotifyTarget] = []
    /// In the order of the file.
    package var accounts: [Account]
    /// Settings that are unwise, but work.
    package var warnings: [ConfigurationProblem] = []
    /// What keeps a daemon from starting on this machine, although the file itself is correct.
    package var obstacles: [ConfigurationProblem] = []

    /// Creates a configuration without a file, with the default values of a file.
    package init(database: DatabaseAddress, accounts: [Account]) {
        self.database = database
        self.accounts = accounts
    }
}

extension Configuration {
    /// Limits on what the public listener accepts.
    package struct Limits: Sendable, Hashable {
        /// The largest body, in bytes.
        package var body = 256 << 10
        /// The most bytes that bodies may take together while they are incomplete; two of the largest fit in any case.
        /// Not a key of the file.
        package var bodies = 128 << 20
        package var connections = 4096
        /// From the first byte of a request to its last.
        package var requestTime = Duration.seconds(10)
        /// How many callbacks may wait to be committed.
        package var queue = 8192

        package init() {}
    }

    /// When gateways are polled about what is not final.
    package struct Reconcile: Sendable, Hashable {
        package var schedule = PollSchedule(
            firstAfter: .seconds(60),
            steps: [
                .seconds(60), .seconds(120), .seconds(300), .seconds(900), .seconds(3600), .seconds(14_400),
                .seconds(86_400),
            ],
            giveUpAfter: .seconds(14 * 86_400),
            authorizedEvery: .seconds(86_400),
            secondLook: .seconds(86_400),
            audit: [.seconds(7 * 86_400), .seconds(30 * 86_400)]
        )
        /// Per account.
        package var requestsPerSecond = 5
        /// The most polls in flight, per account.
        package var concurrency = 4

        package init() {}
    }

    /// How long data is kept that the payments' states no longer need.
    package struct Retention: Sendable, Hashable {
        package var bodies = Duration.seconds(400 * 86_400)
        package var rejected = Duration.seconds(30 * 86_400)
        package var rejectedRows = 10_000
        package var rejectedBytes = 64 << 20

        package init() {}
    }
}
