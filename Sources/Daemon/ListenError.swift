import ConfigurationFile
import Glibc
import NIOCore
import ServiceLifecycle

/// The daemon cannot be reached.
package enum ListenError: Error, CustomStringConvertible {
    /// Why an address is unavailable.
    package enum Reason: Sendable {
        case inUse
        case unknownHost
        /// As the system says it.
        case other(String)
    }

    /// An address of the configuration is unavailable.
    case unavailable(address: String, listener: Daemon.Listener, reason: Reason)
    /// A socket without an address of the configuration cannot be used.
    case atAll(reason: String)
    /// A listening socket has stopped listening, although no shutdown was requested.
    case anyMore

    package var description: String {
        switch self {
        case .unavailable(_, .callbacks, _): explanation(orElse: "set another address under `listen`")
        case .unavailable(_, .admin, _): explanation(orElse: "set another address under `admin`")
        case .atAll, .anyMore: explanation(orElse: "set others")
        }
    }

    /// What happened, and what to do.
    ///
    /// - Parameter remedy: how to choose other addresses.
    package func explanation(orElse remedy: String) -> String {
        switch self {
        case .unavailable(let address, _, .inUse):
            """
            cannot listen on \(address) (\(Self.words(for: EADDRINUSE))): another program listens there; find it with \
            `\(address.hasPrefix("/") ? "ss -lxp" : "ss -ltnp")` and stop it, or \(remedy)
            """
        case .unavailable(let address, _, .unknownHost):
            "cannot listen on \(address): there is no host with this name; \(remedy)"
        case .unavailable(let address, _, .other(let reason)):
            "cannot listen on \(address) (\(reason)): \(remedy)"
        case .atAll(let reason):
            """
            cannot listen (\(reason)): see which program uses the addresses under `listen` and `admin` (`ss -ltnp`), \
            or \(remedy)
            """
        case .anyMore:
            "a listening socket has failed: see the log lines before this one for its error, and start again"
        }
    }

    fileprivate static func words(for code: CInt) -> String { String(cString: strerror(code)) }
}

extension ListenError {
    /// Creates the error of an attempt to listen; `nil` for an error about something else.
    init?(_ error: any Error, at address: String, for listener: Daemon.Listener) {
        switch error {
        case let error as IOError where error.errnoCode == EADDRINUSE:
            self = .unavailable(address: address, listener: listener, reason: .inUse)
        case let error as IOError:
            let reason = Reason.other(Self.words(for: error.errnoCode))
            self = .unavailable(address: address, listener: listener, reason: reason)
        case is SocketAddressError.UnknownHost:
            self = .unavailable(address: address, listener: listener, reason: .unknownHost)
        default: return nil  // Errors are an open set.
        }
    }
}

/// An admin listener, which says at which address it cannot listen.
struct AdminListener: Service {
    let address: AdminAddress
    let application: any Service

    func run() async throws {
        do {
            try await application.run()
        } catch {
            guard let failure = ListenError(error, at: address.description, for: .admin) else { throw error }
            throw failure
        }
    }
}
