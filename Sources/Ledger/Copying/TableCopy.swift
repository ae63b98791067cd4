import Dispatch
import Synchronization

/// Copies all tables from one snapshot, and compares what arrived with what was sent.
struct TableCopy: Sendable {
    private let progress: @Sendable (LedgerCopy.Progress) -> Void
    private let cancellation = Cancellation()

    init(progress: @escaping @Sendable (LedgerCopy.Progress) -> Void) {
        self.progress = progress
    }

    /// Whether it is to end, for the thread that copies: that is not the task's.
    private final class Cancellation: Sendable {
        let isRequested = Atomic(false)

        func check() throws(CancellationError) {
            if isRequested.load(ordering: .relaxed) { throw CancellationError() }
        }
    }

    /// Copies on a thread of its own, because it waits for disks and servers.
    ///
    /// - Returns: what is in each table of ``CopiedTable/all``.
    func run(from source: any CopySource, to target: any CopyTarget) async throws -> [TableDigest.Contents] {
        let queue = DispatchQueue(label: "paystate.copy")
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Result { try copy(from: source, to: target) }) }
            }
        } onCancel: {
            cancellation.isRequested.store(true, ordering: .relaxed)
        }
    }

    private func copy(from source: any CopySource, to target: any CopyTarget) throws -> [TableDigest.Contents] {
        try cancellation.check()
        return try source.snapshot { reader in
            try target.fill { writer in
                let copied = try CopiedTable.all.map { try copy($0, from: reader, to: writer) }
                for (table, sent) in zip(CopiedTable.all, copied) {
                    let found = try contents(of: table, in: writer)
                    guard found == sent else {
                        throw CopyError.differs(table: table.name, copied: sent.rows, found: found.rows)
                    }
                }
                return copied
            }
        }
    }

    private func copy(
        _ table: CopiedTable,
        from reader: any TableReader,
        to writer: any TableWriter
    ) throws -> TableDigest.Contents {
        let columns = try reader.columns(of: table)
        guard try writer.columns(of: table) == columns else { throw CopyError.hasOtherColumns(table: table.name) }
        var digest = TableDigest()
        try writer.begin(table, columns)
        try reader.read(table, columns) { rows in
            try cancellation.check()
            for row in rows { digest.add(row) }
            try writer.write(rows)
            progress(LedgerCopy.Progress(table: table.name, rows: digest.rows, isComparing: false))
        }
        try writer.end()
        return digest.finish()
    }

    private func contents(of table: CopiedTable, in reader: any TableReader) throws -> TableDigest.Contents {
        var digest = TableDigest()
        try reader.read(table, try reader.columns(of: table)) { rows in
            try cancellation.check()
            for row in rows { digest.add(row) }
            progress(LedgerCopy.Progress(table: table.name, rows: digest.rows, isComparing: true))
        }
        return digest.finish()
    }
}
