/// The paths of the public listener: `/callbacks/{account}`.
///
/// A merchant types the URL into a gateway's form, and the gateway keeps it as typed. A trailing or doubled slash, or a
/// percent-encoded letter, means the same account (RFC 3986, section 6.2.2) and must not cost a callback.
enum CallbackPath {
    private static let folder = "callbacks"
    private static let usualStart = "/callbacks/"

    /// The path of a request's target, without the query, which names nothing and may hold what must not appear in a
    /// log.
    static func withoutQuery(_ target: String) -> Substring {
        target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)]
    }

    /// The text after `/callbacks/` as written: the account, in all but unusual cases.
    static func plainName(in path: Substring) -> Substring? {
        path.utf8.starts(with: usualStart.utf8) ? Substring(path.utf8.dropFirst(usualStart.utf8.count)) : nil
    }

    /// The account that a path names in any of its spellings, each part decoded once; `nil` if it cannot name an
    /// account.
    static func name(in path: Substring) -> String? {
        let parts = parts(of: path)
        guard parts.count == 2, decoded(parts[0]) == folder else { return nil }
        return decoded(parts[1])
    }

    /// Whether a path is under `/callbacks`, whatever follows.
    static func isUnderCallbacks(_ path: Substring) -> Bool {
        parts(of: path).first.flatMap { decoded($0) } == folder
    }

    private static func parts(of path: Substring) -> [Substring] {
        path.first == "/" ? path.split(separator: "/") : []
    }

    /// A path segment without its percent-encoding; `nil` if the encoding is broken or the result is not UTF-8.
    private static func decoded(_ part: Substring) -> String? {
        guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit.
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
