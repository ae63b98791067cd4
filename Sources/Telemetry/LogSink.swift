import Glibc
import Synchronization

/// Where log lines go: each line whole, by one write(2), and one after the other.
package final class LogSink: Sendable {
    private let descriptor: Int32
    private let turn = Mutex(())

    package static let standardError = LogSink(descriptor: STDERR_FILENO)

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Drops the line if it cannot be written: there is nowhere else to report that.
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

    /// Whether this is the journal's own socket, by the `device:inode` in `$JOURNAL_STREAM` from systemd. That the
    /// variable is set is not enough: it stays when the output is redirected (systemd.exec(5)).
    package func isJournal(_ journalStream: String?) -> Bool {
        guard let inode = journalStream?.split(separator: ":").last else { return false }
        var target = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
        return target.prefix(max(0, length)).map { UInt8(bitPattern: $0) } == Array("socket:[\(inode)]".utf8)
    }
}
