import TestSupport
import Testing

@testable import Ledger

/// The functions of libpq, each used as its prototype says: a wrong one would read what is not there.
@Suite(.needsServer) struct LibPQTests {
    private let api: LibPQ

    /// What a result may be, by libpq-fe.h.
    private enum Outcome {
        static let completed: CInt = 1
        static let tuples: CInt = 2
        static let copyIn: CInt = 4
        static let failed: CInt = 7
        static let sync: CInt = 10
    }

    init() throws {
        api = try LibPQ.shared.get()
    }

    // MARK: The library

    @Test func `the installed library has every function`() throws {
        let library = try LibPQ(named: "libpq.so.5")
        #expect(library.libVersion() >= 140_000)
    }

    @Test(arguments: [
        ("libpq-of-nobody.so.5", "libpq-of-nobody.so.5"), ("libc.so.6", "libpq of PostgreSQL 14 or newer is needed"),
    ])
    func `a library that is not there, or is another one, is told`(_ name: String, _ reason: String) {
        let error = #expect(throws: LibPQMissing.self) { _ = try LibPQ(named: name) }
        #expect(error?.reason.contains(reason) == true)
    }

    // MARK: Connecting

    @Test func `connectdbParams, status, socket, errorMessage and finish`() throws {
        let connection = try open()
        #expect(api.status(connection) == 0)
        #expect(api.socket(connection) > 2)
        #expect(text(api.errorMessage(connection)) == "")
        api.finish(connection)
        let none = try #require(connect(to: "postgresql:///?host=/nowhere"))
        #expect(api.status(none) == 1)
        #expect(api.socket(none) == -1)
        #expect(text(api.errorMessage(none))?.contains("/nowhere") == true)
        api.finish(none)
    }

    @Test func `serverVersion and parameterStatus`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        let version = try #require(text(api.parameterStatus(connection, "server_version")))
        #expect(version.hasPrefix("\(api.serverVersion(connection) / 10_000)"))
        #expect(api.parameterStatus(connection, "no_such_parameter") == nil)
    }

    @Test func `setNoticeReceiver`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        let heard = Heard()
        let previous = api.setNoticeReceiver(
            connection,
            { argument, result in
                guard let argument, result != nil else { return }
                Unmanaged<Heard>.fromOpaque(argument).takeUnretainedValue().count += 1
            },
            Unmanaged.passUnretained(heard).toOpaque()
        )
        let hadOne = previous != nil
        #expect(hadOne)
        try complete("DO $$ BEGIN RAISE WARNING 'one'; RAISE WARNING 'two'; END $$", on: connection)
        #expect(heard.count == 2)
    }

    // MARK: Statements

    @Test func `sendQuery, getResult, and all that a result tells`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        let sql = "SELECT CAST(7 AS bigint) AS number, CAST('seven' AS text) AS word, CAST(NULL AS bytea) AS nothing"
        #expect(api.sendQuery(connection, sql) == 1)
        let result = try #require(api.getResult(connection))
        #expect(api.resultStatus(result) == Outcome.tuples)
        #expect(api.ntuples(result) == 1)
        #expect(api.nfields(result) == 3)
        #expect((0..<3).map { text(api.fname(result, $0)) } == ["number", "word", "nothing"])
        #expect((0..<3).map { api.ftype(result, $0) } == [20, 25, 17])
        #expect((0..<3).map { api.getisnull(result, 0, $0) } == [0, 0, 1])
        #expect((0..<3).map { api.getlength(result, 0, $0) } == [1, 5, 0])
        #expect(api.getvalue(result, 0, 0).map { String(cString: $0) } == "7")
        #expect(api.getvalue(result, 0, 1).map { String(cString: $0) } == "seven")
        #expect(text(api.cmdStatus(result)) == "SELECT 1")
        api.clear(result)
        #expect(api.getResult(connection) == nil)
    }

    @Test func `resultErrorField`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        #expect(api.sendQuery(connection, "SELECT 1 / 0") == 1)
        let result = try #require(api.getResult(connection))
        defer { api.clear(result) }
        #expect(api.resultStatus(result) == Outcome.failed)
        #expect(text(api.resultErrorField(result, CInt(UInt8(ascii: "C")))) == "22012")
        #expect(text(api.resultErrorField(result, CInt(UInt8(ascii: "M"))))?.isEmpty == false)
        #expect(api.resultErrorField(result, CInt(UInt8(ascii: "t"))) == nil, "there is no table")
    }

    @Test func `sendQueryParams`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        let types: [CUnsignedInt] = [25]
        let sent = "seven".withCString { word in
            let values: [UnsafePointer<CChar>?] = [word]
            let lengths: [CInt] = [5]
            let formats: [CInt] = [1]
            return api.sendQueryParams(connection, "SELECT $1 || ' days'", 1, types, values, lengths, formats, 1)
        }
        #expect(sent == 1)
        let result = try #require(api.getResult(connection))
        #expect(api.resultStatus(result) == Outcome.tuples)
        #expect(api.getvalue(result, 0, 0).map { String(cString: $0) } == "seven days")
        api.clear(result)
        #expect(api.getResult(connection) == nil)
        #expect(api.sendQueryParams(connection, "LISTEN nothing", 0, nil, nil, nil, nil, 1) == 1)
        let end = try #require(api.getResult(connection))
        #expect(api.resultStatus(end) == Outcome.completed)
        api.clear(end)
    }

    @Test func `a pipeline: sendPrepare, sendQueryPrepared, pipelineSync, flush, isBusy and consumeInput`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        #expect(api.setnonblocking(connection, 1) == 0)
        #expect(api.enterPipelineMode(connection) == 1)
        let types: [CUnsignedInt] = [20, 25]
        #expect(api.sendPrepare(connection, "sum", "SELECT $1 + length($2)", 2, types) == 1)
        let sent = "5".withCString { number in
            "four".withCString { word in
                let values: [UnsafePointer<CChar>?] = [number, word]
                let lengths: [CInt] = [1, 4]
                let formats: [CInt] = [0, 1]
                return api.sendQueryPrepared(connection, "sum", 2, values, lengths, formats, 1)
            }
        }
        #expect(sent == 1)
        #expect(api.pipelineSync(connection) == 1)
        while api.flush(connection) == 1 {}

        let preparation = try #require(wait(on: connection))
        #expect(api.resultStatus(preparation) == Outcome.completed)
        api.clear(preparation)
        #expect(wait(on: connection) == nil, "each result has an end")
        let result = try #require(wait(on: connection))
        #expect(api.resultStatus(result) == Outcome.tuples)
        #expect(api.getlength(result, 0, 0) == 8, "in binary format")
        #expect(api.getvalue(result, 0, 0).map { UInt8(bitPattern: $0[7]) } == 9)
        api.clear(result)
        #expect(wait(on: connection) == nil)
        let sync = try #require(wait(on: connection))
        #expect(api.resultStatus(sync) == Outcome.sync)
        api.clear(sync)
        #expect(api.exitPipelineMode(connection) == 1)
    }

    @Test func `putCopyData and putCopyEnd`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        try complete("CREATE TEMPORARY TABLE item (number bigint, word text)", on: connection)
        for (error, status) in [(nil, Outcome.completed), ("not after all", Outcome.failed)] as [(String?, CInt)] {
            #expect(api.sendQuery(connection, "COPY item FROM STDIN") == 1)
            let begun = try #require(api.getResult(connection))
            #expect(api.resultStatus(begun) == Outcome.copyIn)
            api.clear(begun)
            for line in ["1\tone\n", "2\ttwo\n"] {
                #expect(api.putCopyData(connection, line, CInt(line.utf8.count)) == 1)
            }
            let ended = if let error { api.putCopyEnd(connection, error) } else { api.putCopyEnd(connection, nil) }
            #expect(ended == 1)
            let end = try #require(api.getResult(connection))
            #expect(api.resultStatus(end) == status)
            if error == nil { #expect(text(api.cmdStatus(end)) == "COPY 2") }
            api.clear(end)
            #expect(api.getResult(connection) == nil)
        }
    }

    @Test func `notifies and freemem`() throws {
        let connection = try open()
        defer { api.finish(connection) }
        #expect(api.notifies(connection) == nil)
        let channel = "paystate_\(UInt32.random(in: .min ... .max))"
        try complete("LISTEN \(channel)", on: connection)
        try complete("NOTIFY \(channel), 'a word'", on: connection)
        #expect(api.consumeInput(connection) == 1)
        let notification = try #require(api.notifies(connection))
        let heard = notification.load(as: LibPQ.Notification.self)
        #expect(String(cString: heard.channel) == channel)
        #expect(String(cString: heard.payload) == "a word")
        #expect(heard.processID > 0)
        api.freemem(notification)
    }

    // MARK: Help

    /// A connection to a database that every server has.
    private func open() throws -> LibPQ.Pointer {
        let server = try #require(PostgreSQLServer.shared)
        return try #require(connect(to: server.url(of: "postgres")))
    }

    private func connect(to url: String) -> LibPQ.Pointer? {
        "dbname".withCString { keyword in
            url.withCString { value in
                let keywords: [UnsafePointer<CChar>?] = [keyword, nil]
                let values: [UnsafePointer<CChar>?] = [value, nil]
                return api.connectdbParams(keywords, values, 1)
            }
        }
    }

    /// Runs a statement to its end.
    private func complete(_ sql: String, on connection: LibPQ.Pointer) throws {
        #expect(api.sendQuery(connection, sql) == 1)
        let result = try #require(api.getResult(connection))
        #expect(api.resultStatus(result) == Outcome.completed, "\(sql)")
        api.clear(result)
        #expect(api.getResult(connection) == nil)
    }

    /// The next result, without blocking in the library.
    private func wait(on connection: LibPQ.Pointer) -> LibPQ.Pointer? {
        let deadline = ContinuousClock.now + .seconds(5)
        while api.isBusy(connection) != 0, ContinuousClock.now < deadline, api.consumeInput(connection) == 1 {}
        return api.isBusy(connection) == 0 ? api.getResult(connection) : nil
    }

    private func text(_ text: LibPQ.Text?) -> String? { text.map { String(cString: $0) } }
}

/// Counts notices, on the thread that uses the connection.
private final class Heard {
    var count = 0
}
