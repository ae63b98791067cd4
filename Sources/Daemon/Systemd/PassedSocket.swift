import Glibc

/// A socket that systemd opened and passed on.
package struct PassedSocket: Sendable, Hashable, CustomStringConvertible {
    package let descriptor: CInt
    /// `FileDescriptorName=` of the socket unit; unless it has one, the unit's own name.
    package let name: String

    package var description: String { "descriptor \(descriptor) (`\(name)`)" }
}

extension PassedSocket {
    /// Whether connections can be accepted on it, in a way that is understood here.
    var listens: Bool {
        option(SO_ACCEPTCONN) == 1 && option(SO_TYPE) == CInt(SOCK_STREAM.rawValue)
            && [AF_INET, AF_INET6, AF_UNIX].contains(option(SO_DOMAIN))
    }

    /// `nil` if it is not even a socket.
    private func option(_ name: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    /// Keeps it from programs that this process starts.
    func closeOnExec() {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
}
