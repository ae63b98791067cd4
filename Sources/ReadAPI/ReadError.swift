import HTTPTypes
import Ledger
import Payments
import Telemetry

/// Why a request for something to read is refused; each description says what to do about it.
enum ReadError: Error, Equatable {
    case unknownParameter(String, known: [String])
    case repeated(String)
    case missing(String, wanted: String)
    case unusable(String, wanted: String)
    case unknownAccount(String, known: [String])
    case unknownPayment(String, account: String)
    case notGotten
    case tooSlow(ReadTimeout)
    case tooManyWait(limit: Int)
    case unreadable
}

extension ReadError {
    var status: HTTPResponse.Status {
        switch self {
        case .unknownParameter, .repeated, .missing, .unusable: .badRequest
        case .unknownAccount, .unknownPayment: .notFound
        case .notGotten: .methodNotAllowed
        case .tooSlow, .tooManyWait, .unreadable: .serviceUnavailable
        }
    }
}

extension ReadError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unknownParameter(let name, let known):
            known.isEmpty
                ? "\(LogEscape.json(name)) is not known here: there are no parameters"
                : "\(LogEscape.json(name)) is not known here: use \(known.joined(separator: ", "))"
        case .repeated(let name): "\(name) is given twice"
        case .missing(let name, let wanted): "\(name) is missing: \(wanted)"
        case .unusable(let name, let wanted): "\(name) must be \(wanted)"
        case .unknownAccount(let account, let known):
            "there is no account \(LogEscape.json(account)): the ledger has \(known.joined(separator: ", "))"
        case .unknownPayment(let id, let account):
            """
            nothing is known about a payment \(LogEscape.json(id)) at \(account); GET /v1/payments?search=… also finds \
            it by a reference or an operation's id
            """
        case .notGotten: "GET this"
        case .tooSlow(let timeout):
            "\(timeout): ask for less, for example with an account or a shorter time, or again later"
        case .tooManyWait(let limit):
            "\(limit) requests wait for transitions already: ask again later, or without wait"
        case .unreadable: "the ledger cannot be read; the log says why. Ask again later"
        }
    }
}
