/// What the server refused, or how the connection to it was lost.
struct PostgreSQLError: Error, Equatable, CustomStringConvertible {
    /// The five characters of SQLSTATE; `nil` if no server said it.
    let state: String?
    let message: String

    static let aborted = PostgreSQLError(state: "25P02", message: "an earlier statement of the transaction failed")

    static func lost(_ message: String) -> PostgreSQLError { PostgreSQLError(state: nil, message: message) }

    var description: String { state.map { "\($0): \(message)" } ?? message }

    /// Whether the connection is of no use any more: it is lost, its server stops or no longer takes writes, or what was
    /// prepared on it does not fit the schema any more. Another one may be, perhaps to another of several hosts.
    var endsConnection: Bool {
        guard let state else { return true }
        return state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25006", "25P03", "0A000"].contains(state)
    }

    /// Whether another transaction holds what this one waited for.
    var isLocked: Bool { state == "55P03" }

    /// Whether the server ended a statement because it took too long.
    var isTimeout: Bool { state == "57014" }

    /// Whether the same transaction may well succeed if it is run again.
    var isTransient: Bool { endsConnection || state == "40001" || state == "40P01" }
}

extension PostgreSQLError {
    /// - Parameter result: one that failed, or a notice.
    init(of result: LibPQ.Pointer?, _ api: LibPQ) {
        func field(_ letter: UInt8) -> String? {
            api.resultErrorField(result, CInt(letter)).map { String(cString: $0) }
        }
        // Not the detail: it holds values, and what is logged holds none.
        state = field(UInt8(ascii: "C"))
        message = field(UInt8(ascii: "M")) ?? "the server gave no reason"
    }
}

extension WriteFailure {
    init(_ error: PostgreSQLError) {
        let reason = error.description
        switch error.state {
        case "55P03":
            let reason =
                "a commit waits for a standby, or another program holds the ledger: see paystate doctor; \(reason)"
            self = .unavailable(.isDisconnected(reason: reason), reason: reason)
        case "53100": self = .unavailable(.diskIsFull, reason: reason)
        // What violates a rule of the schema, is no value of a type or too long for an index, concerns the item alone.
        case let state? where state.hasPrefix("22") || state.hasPrefix("23") || state.hasPrefix("54"):
            self = .refused(reason: reason)
        // SQLSTATE is an open set: whatever else it is, an administrator can mend it while Paystate runs.
        default: self = .unavailable(.isDisconnected(reason: reason), reason: reason)
        }
    }
}
