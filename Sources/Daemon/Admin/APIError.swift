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
    case tooLarge(limit: Int)
    case notJSON
    case foreignHost(String)
    case notPosted
    case notRecorded(RecordingError)
}

extension APIError {
    var status: HTTPResponse.Status {
        switch self {
        case .malformed, .notAnObject, .unknownKey, .missingAccount, .missingName, .severalNames, .unusable,
            .notOfGateway:
            .badRequest
        case .unknownAccount, .unknown, .unknownAnomaly: .notFound
        case .closedAnomaly, .isOperation: .conflict
        case .tooLarge: .contentTooLarge
        case .notJSON: .unsupportedMediaType
        case .foreignHost: .misdirectedRequest
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
        case .tooLarge(let limit): "the body is larger than \(limit) bytes: send one object"
        case .notJSON: "only JSON is accepted: send Content-Type: application/json"
        case .foreignHost(let host):
            """
            Host: \(shown(host)) is not a name of this machine: use a loopback address, or list the name under \
            admin_hosts
            """
        case .notPosted: "POST a JSON object here"
        case .notRecorded(let error): "nothing was recorded: \(error); try again"
        }
    }

    private static func list(_ keys: [InstructionRequest.Name.Key]) -> String {
        keys.map(\.rawValue).joined(separator: ", ")
    }
}
