import Foundation
import Glibc
import Narration

extension Terminal {
    /// Colours are for terminals, unless `NO_COLOR` is set (no-color.org).
    static var showsColours: Bool {
        isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// The characters per line: $COLUMNS, else the terminal's width, else 80.
    static var width: Int {
        let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
        if let columns, columns > 0 { return columns }
        return size?.columns ?? 80
    }

    /// The terminal's size; `nil` if standard output is not a terminal.
    static var size: (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
