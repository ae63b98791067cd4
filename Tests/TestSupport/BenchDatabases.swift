import Foundation
import Glibc
import Synchronization

/// The databases of benches on a server: one for each folder, so that whoever opens the folder finds it again.
enum BenchDatabases {
    private struct Shelf {
        var made: Set<String> = []
        /// Those whose benches are gone, since when.
        var released: [(name: String, at: ContinuousClock.Instant)] = []
    }

    private static let shelf = Mutex(Shelf())
    private static let dropsAtEnd: Bool = {
        atexit { BenchDatabases.dropAll() }
        return true
    }()

    /// A bench may be released as soon as its last method has begun, and its ledger be used for a while yet.
    private static let grace = Duration.seconds(20)

    static func database(of folder: URL, on server: PostgreSQLServer) -> PostgreSQLDatabase {
        PostgreSQLDatabase(url: server.url(of: name(of: folder)))
    }

    /// Makes the database of a folder, unless it is there; drops those that are not used any more.
    static func prepare(for folder: URL, on server: PostgreSQLServer) throws {
        let name = name(of: folder)
        let now = ContinuousClock.now
        precondition(dropsAtEnd)
        let (isNew, unused) = shelf.withLock { shelf in
            let unused = shelf.released.filter { $0.at + grace < now }.map(\.name)
            shelf.released.removeAll { unused.contains($0.name) }
            shelf.made.subtract(unused)
            return (shelf.made.insert(name).inserted, unused)
        }
        let home = PostgreSQLDatabase(url: server.url(of: "postgres"))
        let creation = isNew ? ["CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';"] : []
        let drops = unused.map { "DROP DATABASE IF EXISTS \($0) WITH (FORCE);" }
        guard !creation.isEmpty || !drops.isEmpty else { return }
        _ = try home.run(script: (creation + drops).joined(separator: "\n"))
    }

    static func release(_ folder: URL) {
        let name = name(of: folder)
        shelf.withLock { shelf in
            guard shelf.made.contains(name) else { return }
            shelf.released.append((name: name, at: ContinuousClock.now))
        }
    }

    /// `run-1F2E…` becomes `paystate_run_1f2e…`.
    private static func name(of folder: URL) -> String {
        "paystate_" + folder.lastPathComponent.lowercased().replacing("-", with: "_")
    }

    /// At the end of the process, when no task runs any more.
    private static func dropAll() {
        guard let server = PostgreSQLServer.shared else { return }
        let drops = shelf.withLock { $0.made }.map { " -c 'DROP DATABASE IF EXISTS \($0) WITH (FORCE)'" }.joined()
        guard !drops.isEmpty else { return }
        // What could not be dropped goes with the server.
        _ = system("psql --no-psqlrc --quiet -d '\(server.url(of: "postgres"))'\(drops) >/dev/null 2>&1")
    }
}
