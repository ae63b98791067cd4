import Foundation
import Glibc
import Payments

/// What may be written to a terminal, and how.
enum Terminal {
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

    /// Makes control characters visible, because a gateway's words must not control the terminal.
    static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory.isPrintable ? $0 : "\u{FFFD}" }
            )
        )
    }

    /// A state's name in its colour; other text is unchanged.
    static func coloured(_ cell: String, in colours: Bool) -> String {
        guard colours, let state = State(rawValue: cell.split(separator: " ").first.map(String.init) ?? "") else {
            return cell
        }
        return coloured(cell, as: state, in: colours)
    }

    /// Text in the colour of a state.
    static func coloured(_ text: String, as state: State, in colours: Bool) -> String {
        guard colours else { return text }
        let code =
            switch state {
            case .succeeded: 32
            case .failed, .chargedBack: 31
            case .pending, .authorized: 33
            case .cancelled, .expired: 90
            case .partiallyRefunded, .refunded: 36
            case .unknown: 35
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isPrintable: Bool {
        switch self {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
        default: true  // Unicode's set of categories, not ours.
        }
    }
}
