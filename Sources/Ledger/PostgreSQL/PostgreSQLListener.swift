import Dispatch
import Glibc
import Synchronization

/// Hears of what other receivers have committed that is to be polled at once. It is a doorbell: whoever waits for it looks
/// by itself as well, since a connection may be lost, or a proxy in between may pass no notifications on.
final class PostgreSQLListener: Sendable {
    private static let setup = "LISTEN paystate"

    private let address: PostgreSQLAddress
    private let api: LibPQ
    private let pollRequest: @Sendable () -> Void
    private let isStopped = Mutex(false)
    private let queue = DispatchQueue(label: "paystate.postgresql.listener")

    init(_ address: PostgreSQLAddress, api: LibPQ, pollRequest: @escaping @Sendable () -> Void) {
        self.address = address
        self.api = api
        self.pollRequest = pollRequest
    }

    func start() {
        queue.async { [self] in
            while !isStopped.withLock({ $0 }) {
                // It may fail for as long as the server is away; the writer says so.
                try? listen()
                if !isStopped.withLock({ $0 }) { usleep(2_000_000) }
            }
        }
    }

    func stop() {
        isStopped.withLock { $0 = true }
    }

    private func listen() throws {
        let connection = try PostgreSQLConnection(
            to: address,
            canWrite: true,
            setup: Self.setup,
            patience: .seconds(7),
            api: api
        )
        pollRequest()  // What rang before is not known.
        while !isStopped.withLock({ $0 }) {
            if try connection.listen(for: .milliseconds(500)).contains(Doorbell.pollRequestPayload) { pollRequest() }
        }
    }
}
