import Glibc
import Synchronization

/// Where lines go: each whole, by one write(2), and one after the other.
package final class LogSink: Sendable {
    private let descriptor: Int32
    private let turn = Mutex(())

    package static let standardError = LogSink(descriptor: STDERR_FILENO)

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// A log that cannot be written is lost: there is nobody left to tell.
    func write(_ line: [UInt8]) {
        turn.withLock { _ in
            var rest = line[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Whether this is the journal's own socket, by the `device:inode` that systemd gives in `$JOURNAL_STREAM`. The
    /// variable alone is not enough: it stays when the output is sent elsewhere (systemd.exec(5)).
    package func isJournal(_ journalStream: String?) -> Bool {
        guard let inode = journalStream?.split(separator: ":").last else { return false }
        var target = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
        return target.prefix(max(0, length)).map { UInt8(bitPattern: $0) } == Array("socket:[\(inode)]".utf8)
    }
}
