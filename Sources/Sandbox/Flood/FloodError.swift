import Glibc
import NIOCore

/// Why a flood has no figures; each says what to look at.
package enum FloodError: Error, Equatable, CustomStringConvertible {
    /// The connections could not be opened.
    case unreachable(server: String, reason: String)
    /// The server let every request wait, or went away.
    case silent(server: String, waited: Duration, acknowledged: Int)

    package var description: String {
        switch self {
        case .unreachable(let server, let reason):
            "cannot open the connections to \(server) (\(reason)): see that it runs, and how many it accepts"
        case .silent(let server, let waited, let acknowledged):
            "\(server) gave no answer for \(waited), after \(acknowledged) acknowledgements: see what it is waiting for, "
                + "or whether it still runs"
        }
    }
}

extension FloodError {
    /// That a connection could not be opened, as the system says why.
    static func unreachable(_ target: FloodTarget, _ error: any Error) -> FloodError {
        let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
        return .unreachable(server: target.authority, reason: reason ?? "\(error)")
    }
}
