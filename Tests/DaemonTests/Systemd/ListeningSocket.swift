import Daemon
import Foundation
import Glibc
import NIOCore

/// A listening socket that belongs to the test, as a socket unit's belongs to systemd: it stays open when others close
/// their copies.
final class ListeningSocket: Sendable {
    let descriptor: CInt
    let address: SocketAddress

    /// - Parameter address: port 0 means any free port.
    init(at address: SocketAddress, listens: Bool = true) throws {
        let descriptor = socket(address.protocol.rawValue, CInt(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        try address.withSockAddr { pointer, size in
            guard Glibc.bind(descriptor, pointer, socklen_t(size)) == 0 else { throw POSIXError(.EADDRINUSE) }
        }
        if listens { listen(descriptor, 64) }
        switch address {
        case .v4, .v6:
            var bound = [UInt8](repeating: 0, count: 128)
            var size = socklen_t(bound.count)
            bound.withUnsafeMutableBytes { bytes in
                _ = getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
            }
            // The port is at the same offset in both families, its high byte first.
            let port = Int(bound[2]) << 8 | Int(bound[3])
            self.address = try SocketAddress(ipAddress: address.ipAddress ?? "", port: port)
        case .unixDomainSocket:
            self.address = address
        }
    }

    deinit {
        close(descriptor)
        if let path = address.pathname { unlink(path) }
    }

    static func v4() throws -> ListeningSocket {
        try ListeningSocket(at: SocketAddress(ipAddress: "127.0.0.1", port: 0))
    }

    static func v6() throws -> ListeningSocket {
        try ListeningSocket(at: SocketAddress(ipAddress: "::1", port: 0))
    }

    static func unix() throws -> ListeningSocket {
        let path = "/tmp/paystate-test-\(UUID().uuidString.prefix(8))"
        return try ListeningSocket(at: SocketAddress(unixDomainSocketPath: path))
    }
}

extension PassedSockets {
    /// Passes copies of descriptors to this process, as systemd does, with consecutive numbers.
    static func passing(_ descriptors: [CInt], names: String? = nil, process: pid_t = getpid()) -> PassedSockets {
        var variables = ["LISTEN_PID": "\(process)", "LISTEN_FDS": "\(descriptors.count)"]
        variables["LISTEN_FDNAMES"] = names
        return PassedSockets(variables, first: consecutiveCopies(of: descriptors))
    }

    /// Other tests open files all the time, and get the lowest numbers: a run of free ones is searched for from the middle
    /// of those that there may be.
    private static func consecutiveCopies(of descriptors: [CInt]) -> CInt {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return -1 }
        let most = CInt(min(limit.rlim_cur, 65_536))
        for first in stride(from: most / 2, to: most - 100, by: CInt.Stride(descriptors.count)) {
            let copies = descriptors.enumerated().map { fcntl($1, F_DUPFD, first + CInt($0)) }
            guard copies != copies.indices.map({ first + CInt($0) }) else { return first }
            for copy in copies { close(copy) }
        }
        return -1
    }
}
