import ConfigurationFile
import Hummingbird
package import Ledger
package import LosslessJSON

/// Why an admin request was not carried out; each description says what to do about it.
package enum APIError: Error, Equatable {
    case malformed(SyntaxError)
    case notAnObject
    case unknownKey(String, known: [String])
    case missingAccount
    case missingName(InstructionRequest.Verb)
    case severalNames([InstructionRequest.Name.Key])
    case unusable(key: String, wanted: String)
    case notOfGateway(InstructionRequest.Name)
    case isOperation(InstructionRequest.Name, of: String)
    case unknownAccount(String, known: [String])
    case unknown(InstructionRequest.Name, account: String)
    case unknownAnomaly(Int64)
    case closedAnomaly(Int64, resolution: String)
    case severalSelections([String])
    case unknownTarget(String, known: [String])
    case noTarget(account: String?)
    case notForTarget(reason: String)
    case unknownPayment(String)
    case unknownCallback(Int64)
    case severalAccounts([String])
    case tooLarge(limit: Int)
    case notJSON
    case foreignHost(String)
    case otherSite
    case notPosted
    case notRecorded(RecordingError)
}

extension APIError {
    var status: HTTPResponse.Status {
        switch self {
        case .malformed, .notAnObject, .unknownKey, .missingAccount, .missingName, .severalNames, .unusable,
            .notOfGateway, .severalSelections, .severalAccounts:
            .badRequest
        case .unknownAccount, .unknown, .unknownAnomaly, .unknownTarget, .noTarget, .unknownPayment, .unknownCallback:
            .notFound
        case .closedAnomaly, .isOperation, .notForTarget: .conflict
        case .tooLarge: .contentTooLarge
        case .notJSON: .unsupportedMediaType
        case .foreignHost: .misdirectedRequest
        case .otherSite: .forbidden
        case .notPosted: .methodNotAllowed
        case .notRecorded: .serviceUnavailable
        }
    }
}

extension APIError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let problem): "the body is not one strict JSON value: \(problem)"
        case .notAnObject: "the body must be a JSON object, such as {\"account\": \"…\", \"payment_id\": \"…\"}"
        case .unknownKey(let key, let known):
            "\(shown(key)) is not known here: use \(known.joined(separator: ", "))"
        case .missingAccount: "account is missing: name one from the configuration"
        case .missingName(let verb): "no name is given: give one of \(Self.list(verb.names))"
        case .severalNames(let keys): "\(Self.list(keys)) name several things: give one of them"
        case .unusable(let key, let wanted): "\(key) must be \(wanted)"
        case .notOfGateway(let name):
            "\(name.key.rawValue) does not exist at the gateway of this account: give payment_id"
        case .isOperation(let name, let payment):
            "\(shown(name.id)) is an operation of \(shown(payment)): give what you expect for that payment; without it "
                + "this operation is polled"
        case .unknownAccount(let account, let known):
            "there is no account \(shown(account)): the configuration has \(known.joined(separator: ", "))"
        case .unknown(let name, let account):
            "nothing is known about \(shown(name.id)) at \(account): watch it first"
        case .unknownAnomaly(let number): "there is no anomaly \(number): `paystate alarms --all` lists them"
        case .closedAnomaly(let number, let resolution): "anomaly \(number) is already closed: \(resolution)"
        case .severalSelections(let keys): "\(keys.joined(separator: ", ")) select different things: give one of them"
        case .unknownTarget(let name, let known):
            "there is no target \(shown(name)): "
                + (known.isEmpty ? "none is configured" : "known are \(known.joined(separator: ", "))")
        case .noTarget(let account):
            """
            no target is configured\(account.map { " for \(shown($0))" } ?? ""): add `forward` to an account, or \
            `notify` to the configuration
            """
        case .notForTarget(let reason): reason
        case .unknownPayment(let id): "no callback of a payment \(shown(id)) is known"
        case .unknownCallback(let number): "there is no callback \(number): the view `callbacks` numbers them"
        case .severalAccounts(let accounts):
            "this payment is known at several accounts: give account as one of \(accounts.joined(separator: ", "))"
        case .tooLarge(let limit): "the body is larger than \(limit) bytes: send one object"
        case .notJSON: "only JSON is accepted: send Content-Type: application/json"
        case .foreignHost(let host):
            """
            Host: \(shown(host)) is not a name of this machine: use a loopback address, or list the name under \
            admin_hosts
            """
        case .otherSite: "a page of another site asks: open the address itself"
        case .notPosted: "POST a JSON object here"
        case .notRecorded(let error): "nothing was recorded: \(error); try again"
        }
    }

    private static func list(_ keys: [InstructionRequest.Name.Key]) -> String {
        keys.map(\.rawValue).joined(separator: ", ")
    }
}
