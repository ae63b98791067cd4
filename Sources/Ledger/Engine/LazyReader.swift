import Synchronization

/// A reader that opens its connection when it is first used: what nobody asks for needs no memory.
final class LazyReader: StoreReader {
    private let open: @Sendable () throws -> any StoreReader
    private let opened = Mutex<(any StoreReader)?>(nil)

    init(_ open: @escaping @Sendable () throws -> any StoreReader) {
        self.open = open
    }

    func read<Output>(_ work: (any Statements) throws -> Output) throws -> Output {
        try reader().read(work)
    }

    func readAside<Output: Sendable>(_ work: @escaping @Sendable (any Statements) throws -> Output) async throws
        -> Output
    {
        try await reader().readAside(work)
    }

    func readWithin<Output: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable (any Statements) throws -> Output
    ) async throws -> Output {
        try await reader().readWithin(limit, work)
    }

    func schema() throws -> LedgerSchema {
        try reader().schema()
    }

    func schemaAside() async throws -> LedgerSchema {
        try await reader().schemaAside()
    }

    func close() throws {
        try opened.withLock { $0 }?.close()
    }

    private func reader() throws -> any StoreReader {
        try opened.withLock { opened in
            let reader = try opened ?? open()
            opened = reader
            return reader
        }
    }
}
