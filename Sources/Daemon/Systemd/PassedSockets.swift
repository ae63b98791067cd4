import Foundation
package import Glibc

/// What systemd, or whoever else speaks the protocol of sd_listen_fds(3), passed to this process.
package struct PassedSockets: Sendable {
    /// More than anyone listens on; a larger number is a mistake.
    private static let limit = 256

    private let variables: [String: String]
    private let process: pid_t
    private let first: CInt

    /// - Parameters:
    ///   - variables: the environment, with $LISTEN_PID, $LISTEN_FDS and $LISTEN_FDNAMES.
    ///   - process: whose sockets they are.
    ///   - first: the first descriptor; the others follow it.
    package init(_ variables: [String: String], process: pid_t = getpid(), first: CInt = 3) {
        self.variables = variables
        self.process = process
        self.first = first
    }

    package static let ofThisProcess = PassedSockets(ProcessInfo.processInfo.environment)

    /// Whether there are any. Sockets that are meant for another process are not ours to touch.
    package var isEmpty: Bool {
        variables["LISTEN_PID"].flatMap { pid_t($0) } != process || (variables["LISTEN_FDS"] ?? "0") == "0"
    }

    /// The sockets for callbacks: those that are named `callbacks`, or where none is, all of them. No socket is left over on
    /// which nobody would ever answer.
    package func forCallbacks() throws(UnusableSockets) -> [PassedSocket] {
        let sockets = try all()
        let isNamed = sockets.contains { $0.name == "callbacks" }
        for socket in sockets {
            guard socket.name != "admin" else { throw .adminIsPassed(socket) }
            guard !isNamed || socket.name == "callbacks" else { throw .nobodyWants(socket) }
            guard socket.listens else { throw .doesNotListen(socket) }
        }
        return sockets
    }

    private func all() throws(UnusableSockets) -> [PassedSocket] {
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
