import Foundation
package import Glibc

/// The sockets that systemd, or another program that speaks the protocol of sd_listen_fds(3), passed to this process.
package struct PassedSockets: Sendable {
    /// More sockets than anybody would use; a larger number is a mistake.
    private static let limit = 256

    private let variables: [String: String]
    private let process: pid_t
    private let first: CInt

    /// - Parameters:
    ///   - variables: the environment, with $LISTEN_PID, $LISTEN_FDS and $LISTEN_FDNAMES.
    ///   - process: the process that the sockets must be meant for.
    ///   - first: the first descriptor; the others follow it.
    package init(_ variables: [String: String], process: pid_t = getpid(), first: CInt = 3) {
        self.variables = variables
        self.process = process
        self.first = first
    }

    package static let ofThisProcess = PassedSockets(ProcessInfo.processInfo.environment)

    /// Whether there are no sockets. Those meant for another process are not ours to touch.
    package var isEmpty: Bool {
        variables["LISTEN_PID"].flatMap { pid_t($0) } != process || (variables["LISTEN_FDS"] ?? "0") == "0"
    }

    /// The sockets for callbacks: those named `callbacks`, or all of them if none is. Any other socket is an error,
    /// because it would never be served.
    package func forCallbacks() throws(SocketActivationError) -> [PassedSocket] {
        let sockets = try all()
        let isNamed = sockets.contains { $0.name == "callbacks" }
        for socket in sockets {
            guard socket.name != "admin" else { throw .adminIsPassed(socket) }
            guard !isNamed || socket.name == "callbacks" else { throw .nobodyWants(socket) }
            guard socket.listens else { throw .doesNotListen(socket) }
        }
        return sockets
    }

    private func all() throws(SocketActivationError) -> [PassedSocket] {
        guard !isEmpty else { throw .none }
        guard let count = Int(variables["LISTEN_FDS"] ?? ""), 1...Self.limit ~= count else { throw .miscounted }
        let names = variables["LISTEN_FDNAMES"].map { $0.split(separator: ":", omittingEmptySubsequences: false) }
        guard names == nil || names?.count == count else { throw .miscounted }
        let sockets = (0..<count).map { number in
            PassedSocket(descriptor: first + CInt(number), name: names.map { String($0[number]) } ?? "unknown")
        }
        for socket in sockets { socket.closeOnExec() }
        return sockets
    }
}

/// A socket that systemd opened and passed on.
package struct PassedSocket: Sendable, Hashable, CustomStringConvertible {
    package let descriptor: CInt
    /// `FileDescriptorName=` of the socket unit; by default the unit's own name.
    package let name: String

    package var description: String { "descriptor \(descriptor) (`\(name)`)" }
}

extension PassedSocket {
    /// Whether connections can be accepted on it, over a supported address family.
    var listens: Bool {
        option(SO_ACCEPTCONN) == 1 && option(SO_TYPE) == CInt(SOCK_STREAM.rawValue)
            && [AF_INET, AF_INET6, AF_UNIX].contains(option(SO_DOMAIN))
    }

    /// The value of a socket option; `nil` if the descriptor is not even a socket.
    private func option(_ name: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    /// Closes it in programs that this process starts.
    func closeOnExec() {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
}

/// Why the public listener cannot use the sockets that systemd passed.
package enum SocketActivationError: Error, Hashable, CustomStringConvertible {
    case none
    case miscounted
    case doesNotListen(PassedSocket)
    case adminIsPassed(PassedSocket)
    case nobodyWants(PassedSocket)

    package var description: String {
        switch self {
        case .none:
            """
            `listen: systemd`, but systemd passed no socket to this process: start it with its socket unit \
            (systemctl start paystate.socket), or name an address, such as 127.0.0.1:8080
            """
        case .miscounted:
            "$LISTEN_FDS and $LISTEN_FDNAMES do not say how many sockets were passed: let systemd set them"
        case .doesNotListen(let socket):
            """
            \(socket), which was passed, is not a listening socket: in the socket unit, use ListenStream= with an \
            IPv4, IPv6 or Unix address, and Accept=no
            """
        case .adminIsPassed(let socket):
            """
            \(socket) was passed, but Paystate opens its admin listeners itself: remove it from the socket unit, and name \
            its address under `admin`
            """
        case .nobodyWants(let socket):
            """
            \(socket) was passed beside sockets named `callbacks`, and nothing would serve it: give it \
            FileDescriptorName=callbacks, or remove it
            """
        }
    }
}
