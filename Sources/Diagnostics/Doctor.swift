package import ConfigurationFile
import Ledger
package import OutboundHTTP
package import Payments

/// Checks everything that an operator would check, and reports what it saw and what to do. It changes nothing, and
/// needs no more than the right to read the database.
package struct Doctor: Sendable {
    private let path: String
    private let database: DatabaseAddress?
    private let environment: HostEnvironment
    private let version: String
    private let isOffline: Bool
    private let timeout: Duration
    private let trustStore: TrustStore
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - path: The path of the configuration file.
    ///   - database: The database to check instead of the configured one.
    ///   - version: The version of this program.
    ///   - isOffline: Whether the gateways are not contacted.
    ///   - timeout: The timeout for one response of a server.
    ///   - trustStore: The authorities that are trusted to vouch for the gateways.
    package init(
        configuration path: String,
        database: DatabaseAddress?,
        environment: HostEnvironment,
        version: String,
        isOffline: Bool,
        timeout: Duration = .seconds(5),
        trustStore: TrustStore = .system,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.path = path
        self.database = database
        self.environment = environment
        self.version = version
        self.isOffline = isOffline
        self.timeout = timeout
        self.trustStore = trustStore
        self.now = now
    }

    /// The findings, in the order of the checks.
    package func examine() async throws -> [Finding] {
        // Problems in the file are reported by its own check; here it is used as far as it can be read.
        let dependencies = try? Configuration.dependencies(path, environment)
        let unit = await InstalledUnit.ofThisMachine()
        // The unit may know the database's password; where it does not, the file is still good for all the rest.
        let configuration =
            (try? Configuration.loadPublic(path, environment.asInstalled(unit)))
            ?? (try? Configuration.loadPublic(path, environment))
        var findings = ConfigurationCheck.findings(path, environment.asInstalled(unit))
        findings += await UnitCheck.findings(run: Subprocess())
        findings += await SocketCheck.findings(dependencies?.listen, run: Subprocess())
        findings += TrustStoreCheck.findings(trustStore, services: dependencies?.services ?? [])
        findings += try await HTTPProbe.with(version: version, timeout: timeout, trustStore: trustStore) { probe in
            await probeServers(probe, configuration: configuration, services: dependencies?.services)
        }
        if let certificate = dependencies?.certificate {
            findings.append(CertificateCheck(now: now(), environment).finding(certificate))
        }
        findings += SecretsCheck.findings((dependencies?.secretFiles ?? []) + (unit?.secretPaths ?? []))
        guard let database = try? database ?? configuration?.database ?? Configuration.database(path, environment)
        else {
            return findings + [
                Finding(LedgerCheck.name, .skipped, "its place is not known", advice: "name it with --database")
            ]
        }
        let accounts = configuration.map { Set($0.accounts.map(\.name)) }
        switch database {
        case .file(let path):
            findings.append(DiskSpaceCheck.finding(FreeSpace(besides: path), at: path))
            findings.append(PermissionsCheck.finding(database: path))
            findings += WriteAheadLogCheck.findings(database: path, environment)
        case .postgreSQL(let url, let password):
            do throws(LedgerError) {
                let facts = try await ServerFacts.read(at: PostgreSQLAddress(url: url, password: password), now: now)
                findings += PostgreSQLCheck(accounts: accounts).findings(facts)
                // Without tables there is nothing more to see.
                guard facts.rights?.hasTables != false else { return findings }
            } catch {
                return findings + [PostgreSQLCheck.unreachable(error, url: url)]
            }
        }
        return findings + (await LedgerCheck(now: now()).findings(database: database, accounts: accounts))
    }

    private func probeServers(
        _ probe: HTTPProbe,
        configuration: Configuration.PublicConfiguration?,
        services: [ExternalDependencies.Service]?
    ) async -> [Finding] {
        let admin = configuration?.admin ?? []
        let daemon = [
            await DaemonCheck(probe: probe, version: version).finding(admin),
            await CallbackPathsCheck(probe: probe, now: now)
                .finding(admin, accounts: configuration?.accounts.map(\.name)),
        ]
        guard !isOffline else { return daemon + [Finding(EndpointsCheck.name, .skipped, "not contacted (--offline)")] }
        return daemon + (await EndpointsCheck(probe: probe, now: now).findings(services ?? []))
    }
}

/// The result of one of the doctor's checks.
package struct Finding: Sendable, Equatable, Encodable {
    /// In ascending order of importance.
    package enum Verdict: String, Sendable, Encodable, CaseIterable, Comparable {
        case ok
        /// Not possible to check here and now.
        case skipped
        case warning
        case failure

        package static func < (one: Verdict, other: Verdict) -> Bool {
            (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
        }
    }

    /// What was checked, in a word or two; the same from run to run.
    package let check: String
    package let verdict: Verdict
    package let seen: String
    /// What to do about it, or what to know about it.
    package let advice: String?

    package init(_ check: String, _ verdict: Verdict, _ seen: String, advice: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.seen = seen
        self.advice = advice
    }
}
