package import Glibc
import NIOCore

/// Notifies systemd of the daemon's state, as sd_notify(3) and sd_watchdog_enabled(3) describe it.
///
/// Its socket is opened once: the watchdog must be fed even when no descriptor is free.
package final class SystemdNotifier: Sendable {
    package enum Notice: Sendable, Equatable {
        case ready
        /// - Parameter since: the time of CLOCK_MONOTONIC, in microseconds.
        case reloading(since: UInt64)
        case stopping
        /// Feeds the watchdog.
        case alive
        /// What the daemon is doing, in words for a person.
        case status(String)
    }

    /// The longest wait for systemd to take a message: a `struct timeval` of one second.
    private static let timeout = [1, 0]

    private let descriptor: CInt
    /// `sun_path` of systemd's socket; an abstract name begins with a NUL.
    private let path: [UInt8]
    /// The watchdog's timeout, after which a silent daemon is considered stuck.
    package let watchdog: Duration?

    /// Reads the notification socket from the environment; `nil` if there is none.
    package init?(_ variables: [String: String], process: pid_t = getpid()) {
        guard let name = variables["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@"),
            name.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        path = name.hasPrefix("@") ? [0] + name.utf8.dropFirst() : Array(name.utf8)
        let watched = variables["WATCHDOG_PID"].map { pid_t($0) == process } ?? true
        let microseconds = variables["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdog = watched && microseconds > 0 ? .microseconds(microseconds) : nil
        // If this fails, no message will be sent, and that is logged.
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, Self.timeout, socklen_t(2 * MemoryLayout<Int>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Sends notices as one message.
    ///
    /// - Returns: whether it was accepted.
    @discardableResult
    package func notify(_ notices: [Notice]) -> Bool {
        let message = Array(notices.map(\.line).joined(separator: "\n").utf8)
        return withAddress { address, length in
            sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), address, length) == message.count
        }
    }

    private func withAddress<Output>(_ use: (UnsafePointer<sockaddr>, socklen_t) -> Output) -> Output {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // The length of an abstract name is explicit; a path ends with its NUL.
        let length = MemoryLayout<sa_family_t>.size + path.count + (path.first == 0 ? 0 : 1)
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { use($0, socklen_t(length)) }
        }
    }
}

extension SystemdNotifier.Notice {
    /// A reload that begins now. NIO's clock is CLOCK_MONOTONIC.
    static var reloading: SystemdNotifier.Notice {
        .reloading(since: NIODeadline.now().uptimeNanoseconds / 1000)
    }

    fileprivate var line: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let since): "RELOADING=1\nMONOTONIC_USEC=\(since)"
        case .stopping: "STOPPING=1"
        case .alive: "WATCHDOG=1"
        case .status(let words): "STATUS=\(words.map { $0.isNewline ? " " : String($0) }.joined())"
        }
    }
}
