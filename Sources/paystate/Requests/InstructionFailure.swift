import ArgumentParser
import Daemon

/// Why an instruction was not carried out, for the person who gave it.
struct InstructionFailure: Error {
    enum Reason {
        /// It cannot be carried out as it is.
        case refused
        /// Nothing of this name is known.
        case unknown
        /// Nothing was recorded; the same instruction may succeed later.
        case unavailable
    }

    let reason: Reason
    let explanation: String

    var exitCode: ExitCode {
        switch reason {
        case .refused: SysExit.usage
        case .unknown: SysExit.noInput
        case .unavailable: SysExit.unavailable
        }
    }
}

extension InstructionFailure {
    init(_ refusal: APIError) {
        explanation = refusal.description
        reason =
            switch refusal {
            case .malformed, .notAnObject, .unknownKey, .missingAccount, .missingName, .severalNames, .unusable,
                .notOfGateway, .isOperation, .unknownAccount, .closedAnomaly, .tooLarge, .notJSON, .foreignHost,
                .notPosted:
                .refused
            case .unknown, .unknownAnomaly: .unknown
            case .notRecorded: .unavailable
            }
    }
}

extension InstructionRequest {
    /// Parses typed arguments, or reports what is wrong with them and exits with 64 (EX_USAGE).
    static func typed(_ verb: Verb, _ fields: [String: String]) throws -> InstructionRequest {
        do {
            return try InstructionRequest(verb, fields.mapValues { .text($0) })
        } catch {
            printError("\(error)")
            throw SysExit.usage
        }
    }
}
