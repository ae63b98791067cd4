package import ConfigurationFile
package import Ledger
import Telemetry

/// Checks how long the write-ahead log is, and which readers keep it from starting over.
///
/// It opens the `-shm` file, and closing that drops the SQLite locks of this very process: no connection of this
/// process may be reading meanwhile.
package struct WriteAheadLogCheck {
    package static let name = "write-ahead log"
    package static let readersName = "readers"

    /// In pages: a flood of callbacks writes this many in a second.
    private static let behind = 5000

    /// - Parameter environment: Reads `/proc` and the index of the log.
    package static func findings(database: String, _ environment: HostEnvironment) -> [Finding] {
        guard let log = FileStatus(of: database + "-wal"), let shared = FileStatus(of: database + "-shm") else {
            return [Finding(name, .skipped, "there is no \(database)-wal and -shm that this user may read")]
        }
        // The locks are read first, because of closing `-shm`: see above.
        let locks = try? environment.read("/proc/locks", 16 << 20)
        let readers = locks.map { WALReader.all(in: String(decoding: $0.bytes, as: UTF8.self), inode: shared.inode) }
        guard let index = (try? environment.read(database + "-shm", 64 << 20)).flatMap({ WALIndex($0.bytes) }) else {
            return [size(log.size, nil)]
        }
        return [size(log.size, index)] + [
            readers.map { finding($0, index, named: { environment.command(of: $0) }) }
                ?? Finding(readersName, .skipped, "/proc/locks cannot be read here")
        ]
    }

    private static func size(_ size: Int64, _ index: WALIndex?) -> Finding {
        var seen = "\(Approximate.bytes(size)) long"
        if let index {
            seen += ", \(index.waiting) of \(Approximate.count(index.frames, "page")) not copied into the database yet"
        }
        guard size < WALState.long else {
            let advice = """
                a reader that holds an old view keeps it from starting over (see «\(readersName)»): end it, or its \
                transaction; the file shrinks when it starts over, or when the daemon restarts
                """
            return Finding(name, .warning, seen, advice: advice)
        }
        return Finding(name, .ok, seen)
    }

    package static func finding(_ readers: [WALReader], _ index: WALIndex, named name: (Int) -> String?) -> Finding {
        let views = readers.map { (reader: $0, behind: $0.behind(index)) }
        guard !views.isEmpty else { return Finding(readersName, .ok, "no program is reading the database right now") }
        let seen = views.sorted { $0.behind > $1.behind }.prefix(10).map { view in
            let process =
                name(view.reader.process).map { "\($0) (process \(view.reader.process))" }
                ?? "process \(view.reader.process)"
            return view.behind == 0 ? process : "\(process) reads as of \(Approximate.count(view.behind, "page")) ago"
        }.joined(separator: "; ")
        guard views.contains(where: { $0.behind > behind }) else { return Finding(readersName, .ok, seen) }
        let advice = """
            the log grows until it has read to the end: let it read in small portions, or end it (`ps -fp PROCESS`, then \
            `kill PROCESS`); no part of Paystate reads for more than a moment
            """
        return Finding(readersName, .warning, seen, advice: advice)
    }
}
