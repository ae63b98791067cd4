package import Payments

/// What may be written to a terminal, and how.
package enum Terminal {
    /// Makes control characters visible, because a gateway's words must not control the terminal.
    package static func harmless(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmless($0) ? $0 : "\u{FFFD}" }))
    }

    /// Whether a character only shows itself: it neither controls anything nor changes the direction of others.
    package static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
        default: true  // Unicode's set of categories, not ours.
        }
    }

    /// A state's name in its colour; other text is unchanged.
    package static func coloured(_ cell: String, in colours: Bool) -> String {
        guard colours, let state = State(rawValue: cell.split(separator: " ").first.map(String.init) ?? "") else {
            return cell
        }
        return coloured(cell, as: state, in: colours)
    }

    /// Text in the colour of a state.
    package static func coloured(_ text: String, as state: State, in colours: Bool) -> String {
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
