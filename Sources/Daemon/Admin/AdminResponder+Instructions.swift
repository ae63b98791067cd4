import Foundation
import Hummingbird
package import Ledger
package import Payments
import Telemetry

extension AdminResponder {
    /// The largest request, in bytes: a request is one object with a few names.
    private static let bodyLimit = 64 << 10

    /// All methods of RFC 9110 and RFC 5789 except POST.
    private static let otherMethods: [HTTPRequest.Method] = [
        .get, .head, .put, .patch, .delete, .options, .trace, .connect,
    ]

    /// Serves `POST /v1/watch` and `POST /v1/poll`.
    func addInstructions(to router: Router<BasicRequestContext>) {
        for verb in [InstructionRequest.Verb.watch, .poll] {
            let path = RouterPath("/v1/\(verb.rawValue)")
            router.post(path) { request, _ in try await response(to: request, verb) }
            refuseOtherMethods(on: path, of: router)
        }
    }

    func refuseOtherMethods(on path: RouterPath, of router: Router<BasicRequestContext>) {
        for method in Self.otherMethods {
            router.on(path, method: method) { request, _ in
                let refusal = try Response(refusal: .notPosted)
                return request.method == .head ? refusal.createHeadResponse() : refusal
            }
        }
    }

    private func response(to request: Request, _ verb: InstructionRequest.Verb) async throws -> Response {
        do {
            let request = try InstructionRequest(verb, body: try await json(in: request))
            return try Response(status: .ok, json: try await ledger.follow(request, for: accounts, at: now()))
        } catch let refusal as APIError {
            return try Response(refusal: refusal)
        }
    }

    /// The bytes of a body declared as JSON, or without a declared type.
    func json(in request: Request) async throws -> [UInt8] {
        guard request.isJSON else { throw APIError.notJSON }
        var body: [UInt8] = []
        for try await piece in request.body {
            body += piece.readableBytesView
            guard body.count <= Self.bodyLimit else { throw APIError.tooLarge(limit: Self.bodyLimit) }
        }
        return body
    }
}

extension Request {
    /// Whether the body is declared as JSON, or has no declared type.
    var isJSON: Bool {
        guard let type = headers[.contentType] else { return true }
        let essence = type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        return essence.lowercased() == "application/json"
    }
}

extension Response {
    init(refusal: APIError) throws {
        try self.init(status: refusal.status, json: ErrorAnswer(error: refusal.description))
        switch refusal {
        case .notRecorded: headers[.retryAfter] = "5"
        case .notPosted: headers[.allow] = "POST"
        case .malformed, .notAnObject, .unknownKey, .missingAccount, .missingName, .severalNames, .unusable,
            .notOfGateway, .isOperation, .unknownAccount, .unknown, .unknownAnomaly, .closedAnomaly, .tooLarge,
            .notJSON, .foreignHost, .otherSite, .severalSelections, .unknownTarget, .noTarget, .notForTarget,
            .unknownPayment,
            .unknownCallback, .severalAccounts:
            break
        }
    }

    init(status: HTTPResponse.Status, json: some Encodable) throws {
        let body = ByteBuffer(string: try JSONOutput.text(of: json) + "\n")
        self.init(status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }
}

extension AdminResponder {
    /// Serves `POST /v1/acknowledge`.
    func addAcknowledging(to router: Router<BasicRequestContext>) {
        let path = RouterPath("/v1/acknowledge")
        router.post(path) { request, _ in try await acknowledge(request) }
        refuseOtherMethods(on: path, of: router)
    }

    private func acknowledge(_ request: Request) async throws -> Response {
        do {
            let acknowledgement = try AcknowledgementRequest(body: try await json(in: request))
            return try Response(status: .ok, json: try await ledger.acknowledge(acknowledgement, at: now()))
        } catch let refusal as APIError {
            return try Response(refusal: refusal)
        }
    }
}

extension Ledger {
    /// Carries out the request, and returns once it is durable.
    ///
    /// - Parameter accounts: those of the configuration.
    package func follow(
        _ request: InstructionRequest,
        for accounts: [LedgerAccount],
        at now: Timestamp
    ) async throws(APIError) -> InstructionAnswer {
        let instruction = try request.instruction(for: accounts, at: now)
        do {
            return InstructionAnswer(account: request.account, try await instruct(instruction))
        } catch {
            switch error {
            case .unknownAccount: throw .unknownAccount(request.account, known: accounts.map(\.name))
            case .unknownEntity: throw .unknown(request.name, account: request.account)
            case .impossible: throw .notOfGateway(request.name)
            case .isOperation(let payment): throw .isOperation(request.name, of: payment)
            case .notRecorded(let error): throw .notRecorded(error)
            }
        }
    }
}
