import ConfigurationFile
import Testing

/// `database` and `database_password`: a file of SQLite, or a database on a PostgreSQL server.
struct DatabaseAddressTests {
    private static let url = "postgresql://paystate@db.example/paystate?sslmode=verify-full"

    private let files = Files(
        contents: ["/etc/password": "sesame\n", "/run/credentials/database": "sesame\r\n"],
        variables: ["SECRET": "x", "DATABASE": "sesame", "CREDENTIALS_DIRECTORY": "/run/credentials"]
    )

    // MARK: Addresses

    @Test(arguments: [
        url,
        "postgres://paystate@db.example/paystate?sslmode=verify-full",
        "postgresql://paystate@db1,db2:5433,[2001:db8::1]:5432/paystate?sslmode=verify-full&sslrootcert=/etc/ca.crt",
        "postgresql:///paystate?host=/run/postgresql&port=5433",
        "postgresql://%2Frun%2Fpostgresql/paystate",
        "postgresql://",
        "postgresql://?",
        "postgresql://db.example:?sslmode=require",
        "postgresql://a%40b@localhost/p%C3%A4ystate",
        "postgresql://127.0.0.1/paystate?passfile=/etc/paystate/pgpass&target_session_attrs=read-write",
        "postgresql://[::1]/paystate?target_session_attrs=any&connect_timeout=2&options=-c%20geqo%3Doff",
        "postgresql://db.example/paystate?ssl=true&target_session_attrs=primary&application_name=shop",
        "postgresql://db.example/paystate?hostaddr=127.0.0.1",
        "postgresql:///paystate?service=shop",
    ])
    func `a URL is taken as it is written`(text: String) throws {
        let configuration = try files.load("database: '\(text)'\n\(Files.account)")
        #expect(configuration.database == .postgreSQL(url: text, password: nil))
        #expect(configuration.warnings == [])
        #expect(configuration.obstacles == [])
    }

    @Test(arguments: [
        ("paystate.db", "/etc/paystate.db"), ("/a/postgresql.db", "/a/postgresql.db"), ("user", "/etc/user"),
        ("postgresql", "/etc/postgresql"), ("x:y.db", "/etc/x:y.db"), ("a/host=b", "/etc/a/host=b"),
    ])
    func `what has no scheme is a path`(text: String, path: String) throws {
        #expect(try files.load("database: '\(text)'\n\(Files.account)").database == .file(path))
    }

    /// Addresses that are wrong, each with a word of the advice.
    @Test(arguments: [
        ("mysql://db/paystate", "a URL that begins with postgresql://"),
        ("http://db.example/paystate", "a URL that begins with postgresql://"),
        ("file:///var/lib/paystate/paystate.db", "write the path of a file"),
        ("PostgreSQL://db/paystate", "a URL that begins with postgresql://"),
        ("postgresql:paystate", "a URL that begins with postgresql://"),
        ("postgres:/paystate", "a URL that begins with postgresql://"),
        ("host=db dbname=paystate", "a URL that begins with postgresql://"),
        ("dbname=paystate", "a URL that begins with postgresql://"),
        ("postgresql://paystate:hunter2@db/paystate", "move it to `database_password`"),
        ("postgresql://paystate:@db/paystate", "move it to `database_password`"),
        ("postgresql://paystate:hun?ter2@db/paystate", "move it to `database_password`"),
        ("postgresql://paystate:hun/ter2@db/paystate", "a password goes to `database_password`"),
        ("postgresql://paystate@db/paystate?password=hunter2", "move it to `database_password`"),
        ("postgresql://paystate@db/paystate?pass%77ord=hunter2", "move it to `database_password`"),
        ("postgresql://db/paystate?sslpassword=hunter2", "store the key without a passphrase"),
        ("postgresql://a@b@db/paystate", "%40"),
        ("postgresql://db:0/paystate", "1 to 65535"),
        ("postgresql://db:65536/paystate", "1 to 65535"),
        ("postgresql://db:+5/paystate", "1 to 65535"),
        ("postgresql://db:port/paystate", "1 to 65535"),
        ("postgresql://2001:db8::1/paystate", "IPv6 in [ ]"),
        ("postgresql://[2001:db8::1/paystate", "IPv6 in [ ]"),
        ("postgresql://[db]/paystate", "IPv6 in [ ]"),
        ("postgresql://[::1]5432/paystate", "IPv6 in [ ]"),
        ("postgresql://db/pay state", "%20"),
        ("postgresql://db/päystate", "hexadecimal digits"),
        ("postgresql://db/pay%2", "%25"),
        ("postgresql://db/pay%+5", "%25"),
        ("postgresql://db/pay%00", "but not 00"),
        ("postgresql://db/pay%FF", "%25"),
        ("postgresql://db/paystate?sslmode", "name=value"),
        ("postgresql://db/paystate?sslmode=require&", "name=value"),
        ("postgresql://db/paystate?options=a=b", "%3D"),
        ("postgresql://db/paystate?sslmode=yes", "disable, allow, prefer, require, verify-ca, verify-full"),
        ("postgresql://db/paystate?sslmod=require", "did you mean sslmode?"),
        ("postgresql://db/paystate?hunter2=1", "libpq does not know: remove it"),
        ("postgresql://db/paystate?ssl=false", "sslmode=verify-full"),
        ("postgresql://db/paystate?target_session_attrs=read-only", "read-write, primary, any"),
        ("postgresql://db/paystate?target_session_attrs=prefer-standby", "no payment can be recorded"),
        ("postgresql://db/paystate?client_encoding=UTF8", "remove client_encoding"),
        ("postgresql://db/paystate?replication=database", "remove replication"),
    ])
    func `a wrong URL is refused with its line, and is not repeated`(text: String, advice: String) {
        let problems = files.problems("\(Files.account)\ndatabase: '\(text)'\ndatabase_password: {env: DATABASE}")
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.hasPrefix("2: database: ") && $0.contains(advice) && !$0.contains("\n") },
            "\(problems)"
        )
        #expect(problems.allSatisfy { !$0.contains("hun") && !$0.contains("@db/") }, "\(problems)")
    }

    @Test func `control characters are refused`() {
        let problems = files.problems("database: \"postgresql://db/pay\\tstate\"\n\(Files.account)")
        #expect(problems.count == 1 && problems.allSatisfy { $0.contains("a control character") }, "\(problems)")
    }

    @Test(arguments: [
        ("postgresql://db.example/paystate", true), ("postgresql://db.example/paystate?sslmode=prefer", true),
        ("postgresql://db.example/paystate?sslmode=require&sslmode=disable", true),
        ("postgresql://127.0.0.1,db.example/paystate", true), ("postgresql:///paystate?host=db.example", true),
        ("postgresql://localhost/paystate?hostaddr=192.0.2.1", true), ("postgresql://[2001:db8::1]/paystate", true),
        ("postgresql://db.example/paystate?sslmode=require", false),
        ("postgresql://db.example/paystate?sslmode=verify-ca", false),
        ("postgresql://localhost,127.0.0.2,[::1]/paystate", false), ("postgresql:///paystate", false),
        ("postgresql:///paystate?host=/run/postgresql", false), ("postgresql://%40abstract/paystate", false),
        ("postgresql://db.example/paystate?host=/run/postgresql", false),
    ])
    func `a server on another machine without enforced encryption is warned about`(url: String, isWarned: Bool) throws {
        let warnings = try files.load("database: '\(url)'\n\(Files.account)").warnings
        #expect(warnings.map(\.key) == (isWarned ? ["database"] : []))
        #expect(warnings.allSatisfy { $0.line == 1 && $0.explanation.contains("add sslmode=verify-full") })
    }

    @Test(arguments: [
        (url, "paystate"), ("postgresql:///?dbname=shop", "shop"), ("postgresql://db", "paystate"),
        ("postgresql:///a%2Fb.c%20d-1", "a_b_c_d-1"),
    ])
    func `copies are named after the database`(url: String, name: String) throws {
        #expect(try DatabaseAddress(url).nameForCopies == name)
        #expect(try DatabaseAddress("x/shop.db").nameForCopies == "x/shop.db")
    }

    // MARK: The password

    @Test(arguments: ["{file: password}", "{credential: database}", "{env: DATABASE}"])
    func `the password is read from where it is kept, without the newline at its end`(secret: String) throws {
        let configuration = try files.load(
            "database_password: \(secret)\ndatabase: '\(Self.url)'\n\(Files.account)"
        )
        #expect(configuration.database == .postgreSQL(url: Self.url, password: "sesame"))
        #expect(configuration.warnings == [])
    }

    @Test func `the installed unit is asked for the password as for other secrets`() throws {
        let service = "[Service]\nLoadCredential=database:/root/keys/database"
        let files = Files(
            contents: ["/root/keys/database": "sesame\n"],
            variables: ["SECRET": "x"],
            unit: InstalledUnit(service: service, socket: "")
        )
        let text = "database: '\(Self.url)'\ndatabase_password: {credential: database}\n\(Files.account)"
        #expect(try files.load(text).database == .postgreSQL(url: Self.url, password: "sesame"))
    }

    /// Passwords that are wrong, each with the key and a word of the advice.
    @Test(arguments: [
        ("{file: nowhere}", ".file", "/etc/nowhere does not exist"), ("{value: ''}", ".value", "is empty"),
        ("{env: NOWHERE}", ".env", "is not set"), ("sesame", "", "one of {credential: NAME}"),
        ("[{file: password}]", "", "one of {credential: NAME}"),
        ("{value: \"a\\0b\"}", ".value", "NUL"),
    ])
    func `a password that cannot be had is named`(secret: String, key: String, advice: String) {
        let problems = files.problems("database: '\(Self.url)'\ndatabase_password: \(secret)\n\(Files.account)")
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.hasPrefix("2: database_password\(key): ") && $0.contains(advice) },
            "\(problems)"
        )
    }

    @Test(arguments: ["", "database: paystate.db\n"])
    func `a password for a file is refused`(database: String) {
        let problems = files.problems("\(database)database_password: {env: DATABASE}\n\(Files.account)")
        #expect(
            problems == [
                "\(database.isEmpty ? 1 : 2): database_password: is for a PostgreSQL server: "
                    + "write its URL under `database`, or remove the key"
            ]
        )
    }

    @Test func `a password with a NUL in its file is refused`() {
        let files = Files(contents: ["/etc/password": "a\0b"], variables: ["SECRET": "x"])
        let text = "database: '\(Self.url)'\ndatabase_password: {file: password}\n\(Files.account)"
        #expect(
            files.problems(text) == [
                "2: database_password: the password is not UTF-8, or holds a NUL: libpq cannot pass it on"
            ]
        )
    }

    @Test func `the password shows in no print, dump or mirror`() throws {
        let text = "database: '\(Self.url)'\ndatabase_password: {env: DATABASE}\n\(Files.account)"
        let configuration = try files.load(text)
        var everything = "\(configuration) \(String(reflecting: configuration)) \(configuration.publicConfiguration)"
        everything += "\(configuration.database) \(String(reflecting: configuration.database))"
        dump(configuration, to: &everything)
        dump(configuration.publicConfiguration, to: &everything)
        dump(configuration.database, to: &everything)
        #expect(!everything.contains("sesame"))
        #expect(everything.contains(Self.url))
    }

    // MARK: Commands

    @Test(arguments: ["{credential: database}", "{env: NOWHERE}"])
    func `commands that read the database go on without a password that they may not have`(secret: String) throws {
        let text = "listen: 5\ndatabase: '\(Self.url)'\ndatabase_password: \(secret)\n\(Files.account)"
        let files = Files(contents: ["/etc/p.yaml": text])
        let address = DatabaseAddress.postgreSQL(url: Self.url, password: nil)
        #expect(try Configuration.database("/etc/p.yaml", files.environment) == address)
        #expect(try Configuration.loadPublic("/etc/p.yaml", files.environment).database == address)
        #expect(throws: ConfigurationError.self) { try Configuration.load("/etc/p.yaml", files.environment) }
    }

    @Test func `commands that read the database use the password if they may have it`() throws {
        var files = files
        files.contents["/etc/p.yaml"] = "database: '\(Self.url)'\ndatabase_password: {file: password}\naccounts: 5"
        let address = DatabaseAddress.postgreSQL(url: Self.url, password: "sesame")
        #expect(try Configuration.database("/etc/p.yaml", files.environment) == address)
    }

    @Test func `what is wrong with the password for everybody is wrong for commands too`() {
        let text = "database: '\(Self.url)'\ndatabase_password: {file: nowhere}\n\(Files.account)"
        let files = Files(contents: ["/etc/p.yaml": text])
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.database("/etc/p.yaml", files.environment)
        }
        #expect(error?.problems.map(\.key) == ["database_password.file"])
    }

    @Test func `the file of the password is one of the files that hold secrets`() throws {
        var files = files
        let text = "database: '\(Self.url)'\ndatabase_password: {credential: database}\n\(Files.account)"
        files.contents["/etc/p.yaml"] = text
        let dependencies = try Configuration.dependencies("/etc/p.yaml", files.environment)
        #expect(dependencies.secretFiles == ["/run/credentials/database"])
    }

    // MARK: Changes

    @Test func `a new URL and a new password are told apart, and both need a restart`() throws {
        func changed(_ one: String, _ other: String) throws -> [String] {
            let old = try files.load("\(one)\n\(Files.account)")
            let new = try files.load("\(other)\n\(Files.account)")
            let keys = ConfigurationKey.all.filter { $0.hasChanged(from: old, to: new) }
            #expect(keys.allSatisfy { $0.effect == .restart })
            return keys.map(\.name)
        }
        let one = "database: '\(Self.url)'\ndatabase_password: {env: DATABASE}"
        #expect(try changed(one, one) == [])
        #expect(try changed(one, "database: '\(Self.url)'\ndatabase_password: {value: x}") == ["database_password"])
        #expect(try changed(one, "database: '\(Self.url)'") == ["database_password"])
        #expect(try changed(one, "database: 'postgresql:///p'\ndatabase_password: {env: DATABASE}") == ["database"])
        #expect(try changed(one, "database: x.db") == ["database", "database_password"])
        #expect(try changed("database: y.db", "database: x.db") == ["database"])
    }
}
