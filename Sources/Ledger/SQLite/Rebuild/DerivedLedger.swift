import Foundation
import GRDB
import Glibc

/// An empty ledger in files that have no name any more: however the process ends, nothing of it is left behind.
struct DerivedLedger {
    let queue: DatabaseQueue
    /// The folder whose space it uses.
    let place: String

    /// Creates the ledger, attaches it to other connections as the schema `derived`, and removes its name.
    init(shownTo connections: [DatabaseQueue]) throws(RebuildError) {
        place = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        var template = Array("\(place)/paystate-rebuild-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .cannotDerive(folder: place, reason: String(cString: strerror(errno)))
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let file = "\(folder)/derived.db"
        defer {
            unlink(file)
            rmdir(folder)
        }
        do {
            queue = try Self.open(file)
            for connection in connections {
                try connection.writeWithoutTransaction { database in
                    try database.execute(sql: "ATTACH DATABASE ? AS derived", arguments: [file])
                    // The first query opens the file, and keeps it open.
                    _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM derived.sqlite_schema")
                }
            }
        } catch {
            throw .cannotDerive(folder: place, reason: (error as? DatabaseError)?.reason ?? "\(error)")
        }
    }

    /// Nothing of it has to outlive the process, so nothing is made durable, and nothing is ever rolled back.
    private static func open(_ file: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.allowsUnsafeTransactions = true
        configuration.label = "derived"
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA journal_mode = OFF")
            try database.execute(sql: "PRAGMA synchronous = OFF")
            try database.execute(sql: "PRAGMA cache_size = -32768")
            try Migrations.run(on: database)
        }
        return queue
    }
}
