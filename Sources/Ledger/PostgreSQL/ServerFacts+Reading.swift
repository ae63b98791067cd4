package import Payments

extension ServerFacts {
    /// Asks a server, which need not hold a ledger yet. It is the one that takes writes, if any of the hosts does.
    ///
    /// - Parameter now: this machine's clock.
    package static func read(
        at address: PostgreSQLAddress,
        now: @escaping @Sendable () -> Timestamp
    ) async throws(LedgerError) -> ServerFacts {
        let api = try LibPQ.forLedger()
        do {
            let reader = PostgreSQLReader(address, isOfWriter: true, api: api)
            defer { reader.close() }
            return try await reader.serverFacts(now: now)
        } catch {
            // A standby, or a role that may only read, is worth a look as well.
        }
        do {
            let reader = PostgreSQLReader(address, isOfWriter: false, api: api)
            defer { reader.close() }
            return try await reader.serverFacts(now: now)
        } catch {
            throw LedgerError(error, at: .postgreSQL(address))
        }
    }
}

extension LedgerReader {
    /// Whether each commit is in a second place before it returns, as far as the server can tell; `nil` if the ledger
    /// is a file.
    package func isReplicated() async throws -> Bool? {
        guard let reader = reader as? PostgreSQLReader else { return nil }
        return try await reader.readAside { try ServerFacts.Settings(in: $0).isReplicated }
    }
}

extension PostgreSQLReader {
    fileprivate func serverFacts(now: @escaping @Sendable () -> Timestamp) async throws -> ServerFacts {
        var facts = ServerFacts(settings: try await readAside { try ServerFacts.Settings(in: $0) })
        facts.clockLead = await part(.clock, &facts) { try ServerFacts.clockLead(in: $0, now: now) }
        facts.standbys = await part(.standbys, &facts) { try ServerFacts.standbys(in: $0) }
        facts.transactions = await part(.transactions, &facts) { try ServerFacts.OpenTransactions(in: $0) }
        facts.rights = await part(.rights, &facts) { try ServerFacts.Rights(in: $0) }
        if facts.rights?.hasTables != false {
            facts.leases = await part(.leases, &facts) { try ServerFacts.leases(in: $0) }
        }
        facts.connectionsLeft = await part(.connections, &facts) { try ServerFacts.connectionsLeft(in: $0) }
        facts.transactionAge = await part(.transactionAge, &facts) { try ServerFacts.transactionAge(in: $0) }
        return facts
    }

    /// Reads a part in a transaction of its own: what the server refuses takes nothing else with it.
    private func part<Output: Sendable>(
        _ part: ServerFacts.Part,
        _ facts: inout ServerFacts,
        _ read: @escaping @Sendable (any Statements) throws -> Output?
    ) async -> Output? {
        do {
            return try await readAside(read)
        } catch {
            facts.refusals.append(ServerFacts.Refusal(part, reason: "\(error)"))
            return nil
        }
    }
}

// MARK: The statements

extension ServerFacts.Settings {
    /// The services are told by the names of settings, or of a function, that only they have.
    init(in statements: any Statements) throws {
        let row = try statements.row(
            """
            SELECT current_setting('server_version'), CAST(current_setting('server_version_num') AS bigint),
                   current_setting('server_encoding'),
                   current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on',
                   CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END,
                   trim(current_setting('synchronous_standby_names')), pg_is_in_recovery(),
                   CASE WHEN EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'aurora_version') THEN 'aurora'
                        ELSE (SELECT min(split_part(name, '.', 1)) FROM pg_settings
                              WHERE name LIKE 'rds.%' OR name LIKE 'cloudsql.%' OR name LIKE 'alloydb.%') END
            """
        )
        guard let row else { throw DamagedRow(description: "the server does not say its settings") }
        let service: String? = row[8]
        self.init(
            version: row[0],
            versionNumber: row[1],
            encoding: row[2],
            fsync: row[3],
            fullPageWrites: row[4],
            synchronousCommit: row[5],
            synchronousStandbyNames: row[6],
            isStandby: row[7],
            service: service.flatMap { ServerFacts.ManagedService(rawValue: $0) }
        )
    }
}

extension ServerFacts {
    /// The server's clock is taken to be read halfway through the round trip.
    fileprivate static func clockLead(in statements: any Statements, now: () -> Timestamp) throws -> Duration? {
        // The first time the statement is prepared as well, which takes longer on the way there.
        _ = try serverTime(in: statements)
        let before = now()
        guard let time = try serverTime(in: statements) else { return nil }
        return time - (before + (now() - before) / 2)
    }

    private static func serverTime(in statements: any Statements) throws -> Timestamp? {
        try statements.number("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)")
            .map { Timestamp(milliseconds: $0) }
    }

    /// Without those that take a base backup, and those that take changes for another program.
    ///
    /// To a role that is no member of `pg_monitor` the server shows that there is one, and no more.
    fileprivate static func standbys(in statements: any Statements) throws -> [Standby] {
        try statements.rows(
            """
            SELECT coalesce(application_name, ''), state, sync_state FROM pg_stat_replication
            WHERE coalesce(state, '') <> 'backup' AND NOT EXISTS (
                SELECT 1 FROM pg_replication_slots
                WHERE active_pid = pg_stat_replication.pid AND slot_type = 'logical')
            ORDER BY pid LIMIT 100
            """
        ).map { Standby(name: $0[0], state: $0[1], synchrony: $0[2]) }
    }

    fileprivate static func leases(in statements: any Statements) throws -> [HeldLease] {
        try statements.rows(
            """
            SELECT name, holder, CAST(ceil(extract(epoch FROM until - clock_timestamp())) AS bigint) FROM lease
            ORDER BY name LIMIT 10000
            """
        ).map { HeldLease(name: $0[0], holder: $0[1], left: .seconds($0[2] as Int64)) }
    }

    /// PostgreSQL 16 keeps some back for others than superusers as well.
    fileprivate static func connectionsLeft(in statements: any Statements) throws -> Int? {
        try statements.number(
            """
            SELECT CAST(current_setting('max_connections') AS bigint)
                   - CAST(current_setting('superuser_reserved_connections') AS bigint)
                   - coalesce(CAST(nullif(current_setting('reserved_connections', true), '') AS bigint), 0)
                   - (SELECT CAST(sum(numbackends) AS bigint) FROM pg_stat_database)
            """
        ).map { Int($0) }
    }

    fileprivate static func transactionAge(in statements: any Statements) throws -> Int? {
        try statements.number("SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()")
            .map { Int($0) }
    }
}

extension ServerFacts.OpenTransactions {
    /// Of what others do, a role that is no member of `pg_monitor` sees neither the kind of process nor a time.
    init(in statements: any Statements) throws {
        let long = try statements.rows(
            """
            SELECT pid, coalesce(usename, ''), coalesce(application_name, ''),
                   CAST(extract(epoch FROM clock_timestamp() - xact_start) AS bigint)
            FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
              AND xact_start < clock_timestamp() - INTERVAL '10 minutes'
            ORDER BY xact_start LIMIT 100
            """
        )
        let hidden = try statements.number(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type IS NULL
              AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
            """
        )
        self.init(
            long: long.map {
                ServerFacts.OpenTransaction(
                    process: $0[0],
                    user: $0[1],
                    application: $0[2],
                    age: .seconds($0[3] as Int64)
                )
            },
            hidden: Int(hidden ?? 0)
        )
    }
}

extension ServerFacts.Rights {
    /// A list of privileges would be answered with whether the role has any of them.
    init?(in statements: any Statements) throws {
        let row = try statements.row(
            """
            SELECT current_user, coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false),
                   pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), transitions IS NOT NULL,
                   coalesce(has_table_privilege(transitions, 'INSERT') AND has_table_privilege(payments, 'INSERT')
                            AND has_table_privilege(payments, 'UPDATE'), false),
                   coalesce(has_table_privilege(transitions, 'UPDATE, DELETE, TRUNCATE')
                            AND (SELECT count(*) FROM pg_trigger
                                 WHERE tgrelid = transitions AND tgenabled IN ('O', 'A')
                                   AND tgname IN ('transition_is_final', 'transition_is_kept',
                                                  'transition_is_not_truncated')) < 3, false),
                   (SELECT coalesce(has_table_privilege(oid, orders, 'SELECT'), false) FROM pg_roles
                    WHERE rolname = 'paystate_reader')
            FROM (SELECT to_regclass('paystate.transition') AS transitions, to_regclass('paystate.payment') AS payments,
                         to_regclass('paystate.orders') AS orders) AS tables
            """
        )
        guard let row else { return nil }
        self.init(
            role: row[0],
            isSuperuser: row[1],
            seesOthers: row[2],
            hasTables: row[3],
            canWrite: row[4],
            canChangeTransitions: row[5],
            readersCanRead: row[6]
        )
    }
}
