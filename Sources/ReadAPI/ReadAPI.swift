import Foundation
package import Hummingbird
package import Ledger
package import Logging
import LosslessJSON
import NIOCore
package import Payments
import ServiceLifecycle
import Synchronization
import Telemetry

/// The read API of the admin listeners: rows of the views as JSON, for programs that cannot open the database.
package final class ReadAPI: Sendable {
    /// How many requests may wait for transitions at a time.
    static let waitingLimit = 256
    /// How often a shared ledger is looked at for what other receivers have committed.
    static let sharedPace = Duration.seconds(2)

    let reader: LedgerReader
    let isShared: Bool
    let nextTransition: @Sendable (_ after: Int64) async -> Void
    let version: String
    let now: @Sendable () -> Timestamp
    let waiting = Atomic(0)
    private let logger: Logger

    /// - Parameters:
    ///   - reader: a connection for these reads alone.
    ///   - isShared: whether other receivers may write the same ledger.
    ///   - nextTransition: returns when a transition with a higher number was committed, or the task is cancelled.
    ///   - version: of this program.
    package init(
        reader: LedgerReader,
        isShared: Bool,
        nextTransition: @escaping @Sendable (_ after: Int64) async -> Void,
        version: String,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.reader = reader
        self.isShared = isShared
        self.nextTransition = nextTransition
        self.version = version
        self.logger = logger
        self.now = now
    }

    /// Serves each endpoint of the table, and `GET /openapi.json`.
    package func add(to router: Router<BasicRequestContext>) {
        for endpoint in Endpoint.all {
            let path = RouterPath(endpoint.path)
            router.get(path) { request, context in
                var response = await self.response { try await self.answer(endpoint, request, context) }
                // To notice that a client hangs up, Hummingbird reads ahead, and closes the connection after the answer: a
                // client that is not told would send its next request there.
                if request.uri.queryParameters["wait"] != nil { response.headers[.connection] = "close" }
                return response
            }
            refuseOtherMethods(on: path, of: router)
        }
        router.get("/openapi.json") { request, _ in
            await self.response {
                _ = try Query(request.uri.query, of: [])
                return OpenAPI(version: self.version, docs: try await self.reader.schemaDocs()).document
            }
        }
        refuseOtherMethods(on: "/openapi.json", of: router)
    }

    private static let otherMethods: [HTTPRequest.Method] = [
        .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    private func refuseOtherMethods(on path: RouterPath, of router: Router<BasicRequestContext>) {
        for method in Self.otherMethods {
            router.on(path, method: method) { request, _ in
                let refusal = Response(refusal: .notGotten)
                return request.method == .head ? refusal.createHeadResponse() : refusal
            }
        }
    }

    private func response(to work: () async throws -> JSON) async -> Response {
        do {
            return Response(status: .ok, json: try await work())
        } catch let refusal as ReadError {
            return Response(refusal: refusal)
        } catch let timeout as ReadTimeout {
            logger.warning("a read for the API took too long")
            return Response(refusal: .tooSlow(timeout))
        } catch is CancellationError {
            return Response(refusal: .unreadable)
        } catch {
            logger.warning("the ledger cannot be read for the API", metadata: ["error": "\(error)"])
            return Response(refusal: .unreadable)
        }
    }

    private func answer(
        _ endpoint: Endpoint,
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> JSON {
        let query = try Query(request.uri.query, of: endpoint.parameters)
        if let account = query.account { try await check(account) }
        switch endpoint.name {
        case .payments: return try await payments(query)
        case .payment:
            let (account, id) = (context.decoded("account"), context.decoded("payment_id"))
            try await check(account)
            return try await payment(id, account: account)
        case .orders:
            let rows = try await reader.orders(reference: query.text("reference") ?? "", account: query.account)
            return ["orders": JSON(rows)]
        case .entries:
            let after = query.number("after") ?? 0
            return JSON("entries", try await reader.entries(after: after, account: query.account, limit: query.limit))
        case .transitions: return JSON("transitions", try await transitions(query, request))
        case .anomalies: return try await anomalies(query)
        case .health: return ["health": JSON(try await reader.healthRows())]
        case .targets: return ["targets": JSON(try await reader.targets())]
        }
    }

    private func check(_ account: String) async throws {
        guard try await !reader.knows(account: account) else { return }
        throw ReadError.unknownAccount(account, known: try await reader.accounts())
    }
}

extension BasicRequestContext {
    /// A part of the path, as it was before it was written into it.
    fileprivate func decoded(_ name: String) -> String {
        let text = parameters.get(name) ?? ""
        return text.removingPercentEncoding ?? text
    }
}

extension Response {
    init(refusal: ReadError) {
        self.init(status: refusal.status, json: ["error": .string(refusal.description)])
        switch refusal {
        case .notGotten: headers[.allow] = "GET"
        case .tooSlow, .tooManyWait, .unreadable: headers[.retryAfter] = "5"
        case .unknownParameter, .repeated, .missing, .unusable, .unknownAccount, .unknownPayment: break
        }
    }

    /// JSON in which every character is visible, so that it can be shown on a terminal.
    init(status: HTTPResponse.Status, json: JSON) {
        let text = LogEscape.unprintable(in: String(decoding: json.bytes, as: UTF8.self))
        self.init(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }
}
