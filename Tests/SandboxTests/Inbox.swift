import Hummingbird
import LosslessJSON
import NIOCore
import Sandbox
import Synchronization
import TestSupport

/// A merchant's server on a free port: stores what is posted to it, and answers as configured.
final class Inbox: Sendable {
    struct Callback: Sendable {
        let path: String
        let authorization: String?
        let contentSignature: String?
        let body: [UInt8]

        /// The gateway's status in the callback.
        var status: String? {
            guard let json = try? JSON(reading: body) else { return nil }  // A body that is not JSON has no status.
            return (json["payment"] ?? json["transaction"] ?? json)["status"]?.string
        }
    }

    private let callbacks = Mutex<[Callback]>([])
    private let status: @Sendable (_ count: Int) -> Int

    /// - Parameter status: the response to the n-th callback, counted from 1.
    init(status: @escaping @Sendable (_ count: Int) -> Int = { _ in 200 }) {
        self.status = status
    }

    var all: [Callback] { callbacks.withLock { $0 } }

    func application(listening: @escaping @Sendable (_ port: Int) -> Void) -> some ApplicationProtocol {
        let router = Router()
        router.post("/callbacks/{account}") { request, _ in
            let body = try await request.body.collect(upTo: 64 * 1024)
            let callback = Callback(
                path: request.uri.path,
                authorization: request.headers[.authorization],
                contentSignature: request.headers[.init("Content-Signature") ?? .authorization],
                body: Array(body.readableBytesView)
            )
            let count = self.callbacks.withLock { callbacks in
                callbacks.append(callback)
                return callbacks.count
            }
            return Response(status: .init(code: self.status(count)))
        }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening($0.localAddress?.port ?? 0) },
            logger: .silent
        )
    }
}
