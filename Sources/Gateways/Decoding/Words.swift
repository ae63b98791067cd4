import Payments

/// A gateway's words, and what each is mapped to.
///
/// Upper and lower case do not matter, nor does `_` in place of a space: ecommpay itself writes both
/// `account_verification` and `account verification`.
package struct Words<Meaning: Sendable & Hashable>: Sendable {
    /// By word, in small letters and with spaces.
    package let meanings: [String: Meaning]

    init(_ words: [Meaning: [String]]) {
        var meanings: [String: Meaning] = [:]
        for (meaning, words) in words {
            for word in words {
                meanings[Self.folded(word)] = meaning
            }
        }
        self.meanings = meanings
    }

    subscript(word: String) -> Meaning? { meanings[word] ?? (Self.isFolded(word) ? nil : meanings[Self.folded(word)]) }

    private static func isFolded(_ word: String) -> Bool {
        !word.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private static func folded(_ word: String) -> String {
        let bytes = word.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "_"): UInt8(ascii: " ")
            default: byte
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Words<State> {
    /// The word as sent, with its state; an unlisted word is unknown, never a failure.
    func status(_ word: String) -> Status {
        Status(word: word, state: self[word] ?? .unknown)
    }
}

extension Words<OperationKind> {
    /// An unlisted type, or none, may have moved money.
    func kind(_ type: String?) -> OperationKind {
        type.flatMap { self[$0] } ?? .unknown
    }
}

/// A gateway's decline codes, and what kind of decline each is.
struct DeclineCodes: Sendable {
    private let kinds: [Substring: Decline]

    /// - Parameter codes: The codes of each kind, separated by white space.
    init(_ codes: [Decline: String]) {
        var kinds: [Substring: Decline] = [:]
        for (kind, codes) in codes {
            for code in codes.split(whereSeparator: \.isWhitespace) {
                kinds[code] = kind
            }
        }
        self.kinds = kinds
    }

    /// nil unless the operation failed, whatever its code, and nil for a code that is not in the gateway's list.
    func decline(_ code: String?, of status: Status) -> Decline? {
        guard let code, status.state == .failed else { return nil }
        return kinds[code[...]]
    }
}
