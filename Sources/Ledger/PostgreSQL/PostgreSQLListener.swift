import Dispatch
import Glibc
import Synchronization

/// Hears of what other receivers have committed that is to be polled at once. It is a doorbell: whoever waits for it looks
/// by itself as well, since a connection may be lost, or a proxy in between may pass no notifications on.
final class PostgreSQLListener: Sendable {
    private static let setup = "LISTEN paystate"

    private let address: PostgreSQLAddress
    private let api: LibPQ
    private let isStopped = Mutex(false)
    private let queue = DispatchQueue(label: "paystate.postgresql.listener")

    init(_ address: PostgreSQLAddress, api: LibPQ) {
        self.address = address
        self.api = api
    }

    /// - Parameter heard: called when it rings.
    func start(_ heard: @escaping @Sendable (Doorbell) -> Void) {
        queue.async { [self] in
            while !isStopped.withLock({ $0 }) {
                // It may fail for as long as the server is away; the writer says so.
                try? listen(heard)
                if !isStopped.withLock({ $0 }) { usleep(2_000_000) }
            }
        }
    }

    func stop() {
        isStopped.withLock { $0 = true }
    }

    private func listen(_ heard: (Doorbell) -> Void) throws {
        let connection = try PostgreSQLConnection(
            to: address,
            canWrite: true,
            setup: Self.setup,
            patience: .seconds(7),
            api: api
        )
        // What rang before is not known.
        heard(.pollRequest)
        heard(.transitions(upTo: 0))
        while !isStopped.withLock({ $0 }) {
            for payload in try connection.listen(for: .milliseconds(500)) { Doorbell(payload: payload).map(heard) }
        }
    }
}
