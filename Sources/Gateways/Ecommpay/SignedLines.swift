import Crypto
import Foundation
import Glibc
import LosslessJSON

/// The text that ecommpay signs for a body: a line `path:value` for each scalar in it, in some order, joined by `;`.
///
/// A path consists of the keys and array indices on the way, joined by `:`. A `:` within a key is doubled; `;` is never
/// escaped. True is `1`, false is `0`, null is empty, a number is as it was written; empty containers leave no trace.
/// `signature` and `frame_mode` are left out wherever they occur.
///
/// All lines are in one array, one after the other, because this runs for every callback before anything is proved. The members of
/// each object are visited in the order of their keys, so that in nearly all bodies this array is the signed text already, and nothing
/// is left to be sorted.
struct SignedLines {
    /// Limits on the work that a sender can cause before anything is proved. The gateway's messages have some hundred
    /// leaves, six levels deep at most.
    static let leafLimit = 10_000
    static let depthLimit = 32

    /// The longest that the lines of a body may be together, in bytes. Each line repeats the whole path to its value,
    /// so long keys above many leaves would make a megabyte of four kilobytes; what the gateway sends is signed in less
    /// than twice its own length.
    private static func byteLimit(ofBody count: Int) -> Int { min(8 * count + 4096, 1 << 20) }

    /// The orders in which the gateway's own libraries sort, most likely first.
    enum Order: CaseIterable {
        /// By path, runs of digits by their value (PHP's `ksort` with `SORT_NATURAL`).
        case naturalPaths
        /// By path, as bytes (Python).
        case bytePaths
        /// By line, as bytes (Go, Java).
        case byteLines

        var form: Authentic.Form {
            switch self {
            case .naturalPaths: .natural
            case .bytePaths: .bytes
            case .byteLines: .lines
            }
        }
    }

    /// The position of a line, and of the path that it begins with.
    struct Line {
        let start: Int
        let pathEnd: Int
        let end: Int
        /// Where its value stands in the document.
        let position: Int

        func path(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: bytes[start..<pathEnd])
        }

        func whole(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var lines: [Line] = []
    /// Whether a signed member of the root is not one that callbacks have.
    private(set) var hasStrangeMember = false
    /// Whether a key within what decides holds a colon: the line of a key `id:x` begins like that of a key `id`.
    private(set) var hasColonInDecidingKey = false
    /// Whether a path holds digits or white space, so that its natural order is not that of its bytes.
    private var hasLoosePath = false
    /// Whether the lines are in the byte order of their paths. Two subtrees may interleave where a key holds a colon, and
    /// the elements of an array are in the order of their numbers.
    private var isInByteOrder = true
    /// Whether a key or a scalar holds a semicolon, as those that separate lines.
    private(set) var hasSemicolon = false
    /// The members of the objects on the way to the value that is being added.
    private var members: [Member] = []
    /// The path to the value that is being added.
    private var path: [UInt8] = []
    private let byteLimit: Int

    /// nil if a limit is exceeded, which is detected on the way: nothing is sorted then.
    init?(of document: Document) {
        byteLimit = Self.byteLimit(ofBody: document.byteCount)
        bytes.reserveCapacity(4096)
        lines.reserveCapacity(128)
        path.reserveCapacity(256)
        guard document.root.withBorrowed({ add($0) }) else { return nil }
    }

    /// The signed text.
    func text(in order: Order) -> [UInt8] {
        guard !isSorted(by: order) else { return bytes }
        let lines = sorted(by: order)
        return [UInt8](unsafeUninitializedCapacity: bytes.count + lines.count) { text, count in
            bytes.withUnsafeBytes { bytes in
                for line in lines {
                    if count > 0 {
                        text[count] = UInt8(ascii: ";")
                        count += 1
                    }
                    let end = count + line.end - line.start
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(text)[count..<end])
                        .copyMemory(from: line.whole(in: bytes))
                    count = end
                }
            }
        }
    }

    func sorted(by order: Order) -> [Line] {
        guard !isSorted(by: order) else { return lines }
        return bytes.withUnsafeBytes { bytes in
            // Lines with equal paths stay in the order in which they were written.
            lines.sorted { first, second in
                let comparison =
                    switch order {
                    case .naturalPaths: naturalOrder(first.path(in: bytes), second.path(in: bytes))
                    case .bytePaths: byteOrder(first.path(in: bytes), second.path(in: bytes))
                    case .byteLines: byteOrder(first.whole(in: bytes), second.whole(in: bytes))
                    }
                return comparison == 0 ? first.position < second.position : comparison < 0
            }
        }
    }

    /// Whether the lines are in an order as they stand.
    private func isSorted(by order: Order) -> Bool {
        switch order {
        case .naturalPaths: isInByteOrder && !hasLoosePath
        case .bytePaths: isInByteOrder
        case .byteLines: false
        }
    }

    /// Adds the lines of a value at the current path; false as soon as a limit is exceeded.
    private mutating func add(_ value: BorrowedValue, depth: Int = 0) -> Bool {
        guard depth <= Self.depthLimit else { return false }
        let length = path.count
        switch value.kind {
        case .object:
            let first = members.count
            defer { members.removeLast(members.count - first) }
            guard appendMembers(of: value) else { return false }
            for index in first..<members.count {
                let member = members[index]
                appendSeparator(depth: depth)
                append(member.key)
                let count = lines.count
                guard add(member.value, depth: depth + 1) else { return false }
                if depth == 0, lines.count > count, !isKnownMember { hasStrangeMember = true }
                path.removeLast(path.count - length)
            }
            return true
        case .array:
            return value.allElements { index, element in
                appendSeparator(depth: depth)
                path.append(contentsOf: String(index).utf8)
                hasLoosePath = true
                if index >= 10 { isInByteOrder = false }
                guard add(element, depth: depth + 1) else { return false }
                path.removeLast(path.count - length)
                return true
            }
        case .string, .number, .true, .false, .null:
            addLine(of: value)
            return lines.count <= Self.leafLimit && bytes.count - lines.count < byteLimit
        }
    }

    /// Puts aside the members of an object that are signed, in the byte order of the paths within them; false if there are too many.
    private mutating func appendMembers(of object: BorrowedValue) -> Bool {
        let first = members.count
        var isPlain = true
        let isBounded = object.allMembers { key, value in
            guard !key.isLeftOutOfSignature else { return true }
            isPlain = isPlain && !key.isEscaped && !key.bytes.contains(UInt8(ascii: ":"))
            members.append(Member(key: key, value: value))
            return members.count - first <= Self.leafLimit
        }
        guard isPlain else {
            isInByteOrder = false
            return isBounded
        }
        members.withUnsafeMutableBufferPointer { members in
            var added = UnsafeMutableBufferPointer(rebasing: members[first...])
            added.sort { $0.precedes($1) }
        }
        return isBounded
    }

    private mutating func appendSeparator(depth: Int) {
        if depth > 0 {
            path.append(UInt8(ascii: ":"))
        }
    }

    private mutating func append(_ key: RawString) {
        let start = path.count
        key.append(to: &path)
        var colons = 0
        for index in start..<path.count {
            let byte = path[index]
            if byte.isLooseInNaturalOrder { hasLoosePath = true }
            if byte == UInt8(ascii: ":") { colons += 1 }
            if byte == UInt8(ascii: ";") { hasSemicolon = true }
        }
        if colons > 0 { doubleColons(of: key, from: start) }
    }

    private mutating func doubleColons(of key: RawString, from start: Int) {
        path.removeLast(path.count - start)
        isInByteOrder = false
        hasColonInDecidingKey = hasColonInDecidingKey || Ecommpay.isDeciding(path)
        for byte in key {
            path.append(byte)
            if byte == UInt8(ascii: ":") { path.append(byte) }
        }
    }

    /// Whether the path to a member of the root is that of a member which callbacks have.
    private var isKnownMember: Bool {
        Ecommpay.rootMembers.contains(String(decoding: path, as: UTF8.self))
    }

    private mutating func addLine(of value: BorrowedValue) {
        if !lines.isEmpty { bytes.append(UInt8(ascii: ";")) }
        let start = bytes.count
        bytes.append(contentsOf: path)
        let pathEnd = bytes.count
        bytes.append(UInt8(ascii: ":"))
        switch value.kind {
        case .string, .number:
            value.scalar.append(to: &bytes)
            hasSemicolon = hasSemicolon || bytes.hasSemicolon(from: pathEnd)
        case .true: bytes.append(UInt8(ascii: "1"))
        case .false: bytes.append(UInt8(ascii: "0"))
        case .null, .object, .array: break
        }
        lines.append(Line(start: start, pathEnd: pathEnd, end: bytes.count, position: value.index))
    }
}

/// A member of an object that is signed.
private struct Member {
    let key: RawString
    let value: BorrowedValue

    /// Whether its lines come before those of another one of the same object, if neither key holds a colon or is written with
    /// escapes.
    func precedes(_ other: Member) -> Bool {
        let (key, otherKey) = (key.bytes, other.key.bytes)
        guard let start = key.baseAddress, let otherStart = otherKey.baseAddress else {
            return key.count < otherKey.count
        }
        let common = min(key.count, otherKey.count)
        let order = memcmp(start, otherStart, common)
        guard order == 0 else { return order < 0 }
        // A path that goes on behind the shorter key does so with a colon.
        if key.count < otherKey.count { return !value.isContainer || UInt8(ascii: ":") < otherKey[common] }
        return key.count > otherKey.count && other.value.isContainer && key[common] < UInt8(ascii: ":")
    }
}

extension BorrowedValue {
    fileprivate var isContainer: Bool { kind == .object || kind == .array }
}

extension [UInt8] {
    fileprivate func hasSemicolon(from start: Int) -> Bool {
        withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return false }
            return memchr(first + start, CInt(UInt8(ascii: ";")), bytes.count - start) != nil
        }
    }
}

extension RawString {
    fileprivate var isLeftOutOfSignature: Bool {
        self == ("signature" as StaticString) || self == ("frame_mode" as StaticString)
    }
}

extension Value {
    /// Whether it has any line in the signed text.
    var isSigned: Bool { withBorrowed { $0.isSigned } }
}

extension BorrowedValue {
    fileprivate var isSigned: Bool {
        switch kind {
        case .object: !allMembers { key, value in key.isLeftOutOfSignature || !value.isSigned }
        case .array: !allElements { _, element in !element.isSigned }
        case .string, .number, .true, .false, .null: true
        }
    }
}

/// A project's secret key, ready for computing codes.
struct SigningKey: Sendable {
    /// The length of an authentication code in bytes: HMAC-SHA512.
    static let codeLength = SHA512.byteCount

    let name: String
    /// With the key taken in already, which costs as much as 256 bytes of text.
    private let keyed: HMAC<SHA512>

    init(_ secret: Secret) {
        name = secret.name
        keyed = HMAC(key: SymmetricKey(data: secret.bytes))
    }

    func verifies(_ code: [UInt8], of text: [UInt8]) -> Bool {
        // Compares in constant time.
        authenticationCode(of: text) == code
    }

    /// The authentication code of a text; base64.
    func code(of text: [UInt8]) -> String {
        Data(authenticationCode(of: text)).base64EncodedString()
    }

    private func authenticationCode(of text: [UInt8]) -> HMAC<SHA512>.MAC {
        var code = keyed
        text.withUnsafeBytes { code.update(data: $0) }
        return code.finalize()
    }
}
