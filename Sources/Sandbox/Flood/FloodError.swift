import Glibc
import NIOCore

/// Why a flood has no figures; each error says what to check.
package enum FloodError: Error, Equatable, CustomStringConvertible {
    /// The connections could not be opened.
    case unreachable(server: String, reason: String)
    /// The server answered no request, or went away.
    case silent(server: String, waited: Duration, acknowledged: Int)

    package var description: String {
        switch self {
        case .unreachable(let server, let reason):
            "cannot open the connections to \(server) (\(reason)): check that it is running, and how many it accepts"
        case .silent(let server, let waited, let acknowledged):
            """
            \(server) did not answer for \(waited), after \(acknowledged) acknowledgements: see what it is waiting \
            for, or whether it is still running
            """
        }
    }
}

extension FloodError {
    /// The error for a connection that could not be opened, with the system's reason.
    static func unreachable(_ target: FloodTarget, _ error: any Error) -> FloodError {
        let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
        return .unreachable(server: target.authority, reason: reason ?? "\(error)")
    }
}
