import Daemon
import Foundation
import Synchronization
import TestSupport
import Testing

/// systemd's end of `$NOTIFY_SOCKET`: a real datagram socket, and the messages received.
final class NotifySocket: Sendable {
    private let descriptor: Int32
    private let name: String
    private let received = Mutex<[String]>([])

    /// - Parameter name: a path, or an abstract name with its `@`.
    init(_ name: String) throws {
        self.name = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = name.hasPrefix("@") ? [0] + name.utf8.dropFirst() : Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(bound == 0)
    }

    deinit {
        close(descriptor)
    }

    /// The daemon's notifier for the socket.
    ///
    /// - Parameter watchdog: in milliseconds.
    func systemd(watchdog: Int? = nil, watched: pid_t = getpid()) -> SystemdNotifier? {
        var variables = ["NOTIFY_SOCKET": name, "WATCHDOG_PID": String(watched)]
        if let watchdog { variables["WATCHDOG_USEC"] = String(watchdog * 1000) }
        return SystemdNotifier(variables)
    }

    /// All messages so far.
    var messages: [String] {
        received.withLock { received in
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT)), count > 0 {
                received.append(String(decoding: bytes[..<count], as: UTF8.self))
            }
            return received
        }
    }

    /// Waits for a message after the first `count`.
    @discardableResult
    func message(after count: Int = 0, _ isIt: (String) -> Bool) async throws -> String {
        var message: String?
        let isHeard = try await eventually(every: .milliseconds(10)) {
            message = messages.dropFirst(count).first(where: isIt)
            return message != nil
        }
        #expect(isHeard, "systemd heard no such thing, but \(messages)")
        return message ?? ""
    }

    func beats() -> Int { messages.count { $0.hasPrefix("WATCHDOG=1") } }
}
