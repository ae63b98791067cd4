import Foundation

/// Reports which input made the process trap: an error that other languages would report ends a Swift program.
enum Trap {
    /// Written and read by the only thread; the handler runs on it too.
    nonisolated(unsafe) private static var input = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

    /// What else is under way, in words that allow repeating it, terminated by a NUL. It is never freed.
    nonisolated(unsafe) private static let words: UnsafeMutablePointer<CChar> = {
        let words = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
        words.initialize(repeating: 0, count: capacity)
        return words
    }()
    private static let capacity = 64

    /// Notes what is under way, in case it traps on another thread.
    static func note(_ text: String) {
        for (index, byte) in (text.utf8CString.dropLast().prefix(capacity - 1) + [0]).enumerated() {
            words[index] = byte
        }
    }

    static func install() {
        note("")
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
            signal(number) { _ in
                Trap.write("trapped on\n")
                _ = Foundation.write(STDERR_FILENO, Trap.words, strlen(Trap.words))
                for byte in Trap.input { Trap.write(byte.hexadecimal) }
                Trap.write("\n")
                _exit(EXIT_FAILURE)
            }
        }
    }

    /// Runs on an input that is printed if that traps.
    static func watching<Result, Failure: Error>(
        _ bytes: [UInt8],
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            input = buffer
            defer { input = UnsafeBufferPointer(start: nil, count: 0) }
            return try body()
        }
    }

    /// Writes without a lock or a buffer, as a signal handler must; strings as short as these are not on the heap.
    private static func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension UInt8 {
    /// Two digits.
    var hexadecimal: String {
        (self < 16 ? "0" : "") + String(self, radix: 16)
    }
}
