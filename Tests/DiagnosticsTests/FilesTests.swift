import ConfigurationFile
import Diagnostics
import Foundation
import Ledger
import Payments
import Testing

/// The doctor's findings about files: real ones.
@Suite struct FilesTests {
    @Test(arguments: [
        (0o640, Finding.Verdict.ok), (0o644, .warning), (0o660, .warning), (0o600, .warning), (0o642, .failure),
    ])
    func `the database is for the daemon to write and for its group to read`(_ mode: Int, _ verdict: Finding.Verdict)
        throws
    {
        let patient = try Patient()
        for name in ["db", "db-wal", "db-shm"] { try patient.write("", to: name, mode: mode) }
        let finding = PermissionsCheck.finding(database: patient.path("db"))
        #expect(finding.verdict == verdict)
        #expect((finding.advice == nil) == (verdict == .ok))
    }

    @Test func `a log that is gone shuts readers out`() throws {
        let patient = try Patient()
        let database = try patient.write("", to: "db")
        #expect(PermissionsCheck.finding(database: database).seen.hasSuffix("db-wal is missing"))
        #expect(PermissionsCheck.finding(database: database + "x").verdict == .skipped)
    }

    @Test func `a secret that every user may read is a failure`() async throws {
        let patient = try Patient(
            "tls: {certificate: c.pem, private_key: k.pem}\n\(Patient.account(asking: "http://127.0.0.1:1", secret: "{file: shop.key}"))"
        )
        try patient.write("x", to: "shop.key", mode: 0o640)
        try patient.write("x", to: "k.pem", mode: 0o600)
        #expect(try await patient.findings("secrets", isOffline: true).map(\.verdict) == [.ok])
        try patient.write("x", to: "shop.key", mode: 0o644)
        let finding = try await patient.findings("secrets", isOffline: true).first
        #expect(finding?.verdict == .failure)
        #expect(finding?.seen.hasPrefix("\(patient.path("shop.key")) is 0644") == true)
        #expect(finding?.advice?.contains("chmod 0640 \(patient.path("shop.key"))") == true)
    }

    @Test func `a configuration that is wrong is said to be, and the rest is looked at all the same`() async throws {
        let patient = try Patient("database: p.db\naccounts: {shop: {gateway: ecommpay, projekt: 1}}\n")
        let findings = try await patient.findings(isOffline: true)
        let wrong = findings.filter { $0.check == "configuration" }
        #expect(wrong.count == 3)
        #expect(wrong.allSatisfy { $0.verdict == .failure })
        #expect(findings.first { $0.check == "database" }?.seen.contains(patient.path("p.db")) == true)
        #expect(findings.contains { $0.check == "disk space" })
    }

    @Test func `secrets that only the service has are no fault of the file`() async throws {
        let patient = try Patient(Patient.account(asking: "http://127.0.0.1:1", secret: "{credential: shop}"))
        let finding = try await patient.findings("configuration", isOffline: true).first
        #expect(finding?.verdict == .skipped)
        #expect(finding?.seen.hasSuffix("accounts.shop.secrets[0].credential") == true)
    }

    @Test(arguments: [
        ("2026-11-22", 0, Finding.Verdict.ok), ("20 days left", -20, .warning), ("5 days left", -5, .failure),
        ("a day ago", 1, .failure),
    ])
    func `a certificate is renewed in time`(_ what: String, _ days: Int, _ verdict: Finding.Verdict) throws {
        let patient = try Patient()
        let path = try patient.write(Certificate.chain, to: "c.pem")
        let end: Int64 = 1_797_936_025_000
        let now = Timestamp(milliseconds: days == 0 ? end - 31 * 86_400_000 : end + Int64(days) * 86_400_000)
        let here = HostEnvironment(variables: [:])
        let finding = CertificateCheck(now: now, here).finding(path)
        #expect(finding.verdict == verdict)
        #expect(finding.seen.contains("2026-12-22T10:40:25.000Z"))
        #expect(CertificateCheck(now: now, here).finding(path + "x").verdict == .failure)
        #expect(
            try CertificateCheck(now: now, here).finding(patient.write("no certificate", to: "c.pem")).verdict
                == .failure
        )
    }

    @Test func `a certificate that is not for this user to read is not judged`() {
        let environment = HostEnvironment(variables: [:]) { _, _ throws(HostEnvironment.Unreadable) in throw .forbidden
        }
        #expect(CertificateCheck(now: Patient.today, environment).finding("c.pem").verdict == .skipped)
    }

    @Test func `a folder above that is closed to others keeps a secret, and a folder of secrets is looked into`() throws
    {
        let patient = try Patient()
        let folder = patient.path("secrets")
        try FileManager.default.createDirectory(atPath: folder + "/below", withIntermediateDirectories: true)
        try patient.write("x", to: "secrets/below/shop.key", mode: 0o644)
        func findings(_ path: String, in mode: Int) throws -> [Finding] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
            return SecretsCheck.findings([path])
        }
        for path in [folder, folder + "/below/shop.key"] {
            #expect(try findings(path, in: 0o755).first?.seen.hasPrefix("\(folder)/below/shop.key is 0644") == true)
            #expect(
                try findings(path, in: 0o750) == [Finding("secrets", .ok, "1 file, none of which every user may read")]
            )
        }
    }

    @Test func `a secret, or the folder of them, that is missing is a failure`() throws {
        let patient = try Patient()
        let folder = patient.path("secrets")
        let finding = try #require(SecretsCheck.findings([folder]).first)
        #expect(finding.verdict == .failure)
        #expect(finding.seen == "\(folder) is missing")
        #expect(finding.advice?.contains("install -d -m 700 \(folder)") == true)
    }

    @Test(
        arguments: [
            (50 << 30, 100 << 30, Finding.Verdict.ok), (1 << 30, 4 << 30, .warning), (40 << 30, 1000 << 30, .warning),
            (100 << 20, 4 << 30, .failure), (0, 4 << 30, .failure), (0, 0, .skipped),
            (.max, 1, .ok), (.max, .max, .ok),
        ] as [(Int64, Int64, Finding.Verdict)]
    )
    func `the disk has room`(_ free: Int64, _ size: Int64, _ verdict: Finding.Verdict) {
        let disk = FreeSpace(bytes: free, total: size, isReadOnly: false)
        #expect(DiskSpaceCheck.finding(disk, at: "/db").verdict == verdict)
        #expect(DiskSpaceCheck.finding(nil, at: "/db").verdict == .skipped)
        #expect(FreeSpace(besides: "/")?.total ?? 0 > 0)
        #expect(FreeSpace(besides: "/nowhere/at/all") == nil)
    }

    @Test(arguments: [
        ("3.40.1", true), ("3.51.2", true), ("3.51.3", false), ("3.52.0", false), ("4.0.0", false), ("3.9.9", true),
    ])
    func `an SQLite that must not be shared by writers is told of`(_ version: String, _ isTold: Bool) {
        let finding = SQLiteCheck.finding(version: version)
        #expect(finding.verdict == .ok)
        #expect((finding.advice?.contains("mode=ro") == true) == isTold)
    }
}
