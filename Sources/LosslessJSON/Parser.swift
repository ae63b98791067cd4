/// Parses one document from front to back, once, and puts its keys and values on a tape.
///
/// It recurses once per level of nesting, and so at most ``Document/depthLimit`` times. Reads of the memory are not
/// bounds-checked: they go through `next` alone, which ends where the input does (and through `skipPlain`, eight bytes
/// at a time).
struct Parser {
    let bytes: UnsafeBufferPointer<UInt8>
    let leniency: Document.Leniency
    var position = 0
    private(set) var nodes: [Node] = []

    static func nodes(
        of bytes: UnsafeBufferPointer<UInt8>,
        allowing leniency: Document.Leniency
    ) throws(SyntaxError) -> [Node] {
        var parser = Parser(bytes: bytes, leniency: leniency)
        parser.skipByteOrderMark()
        // A callback has about one key or value per ten bytes.
        parser.nodes.reserveCapacity(bytes.count / 8 + 1)
        parser.skipWhitespace()
        try parser.value(depth: 0)
        parser.skipWhitespace()
        guard parser.next == nil else { throw parser.fault(.trailingContent) }
        return parser.nodes
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, leniency: Document.Leniency) {
        self.bytes = bytes
        self.leniency = leniency
    }

    /// The byte at the position; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The error at the position, where `next` is not allowed.
    func fault(_ reason: SyntaxError.Reason = .unexpectedByte) -> SyntaxError {
        SyntaxError(offset: position, reason: next == nil ? .unexpectedEnd : reason)
    }

    mutating func append(_ kind: Value.Kind, from start: Int, isEscaped: Bool = false) {
        nodes.append(Node(kind: kind, isEscaped: isEscaped, start: start, end: position))
    }

    private mutating func value(depth: Int) throws(SyntaxError) {
        switch next {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try number()
        case UInt8(ascii: "t"): try literal("true", .true)
        case UInt8(ascii: "f"): try literal("false", .false)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: throw fault()
        }
    }

    private mutating func object(depth: Int) throws(SyntaxError) {
        let object = try open(.object, depth: depth)
        defer { nodes[object].end = nodes.count }
        guard !take(UInt8(ascii: "}")) else { return }
        var keys = KeySet(of: object)
        repeat {
            skipWhitespace()
            guard next == UInt8(ascii: "\"") else { throw fault() }
            let start = position
            try string()
            if !keys.insertLast(of: nodes, in: bytes) {
                guard leniency.contains(.repeatedKeys) else { throw SyntaxError(offset: start, reason: .duplicateKey) }
                nodes[object].hasRepeatedKeys = true
            }
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw fault() }
            skipWhitespace()
            try value(depth: depth)
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault() }
    }

    private mutating func array(depth: Int) throws(SyntaxError) {
        let array = try open(.array, depth: depth)
        defer { nodes[array].end = nodes.count }
        guard !take(UInt8(ascii: "]")) else { return }
        repeat {
            skipWhitespace()
            try value(depth: depth)
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault() }
    }

    /// Begins a container and returns its index on the tape.
    private mutating func open(_ kind: Value.Kind, depth: Int) throws(SyntaxError) -> Int {
        guard depth <= Document.depthLimit else { throw fault(.depth) }
        append(kind, from: position)
        position += 1
        skipWhitespace()
        return nodes.count - 1
    }

    private mutating func literal(_ word: StaticString, _ kind: Value.Kind) throws(SyntaxError) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[index]) else { throw fault() }
        }
        append(kind, from: start)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipByteOrderMark() {
        guard leniency.contains(.byteOrderMark), bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
        position = 3
    }

    private mutating func skipWhitespace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }
}

extension Parser {
    /// Parses a number, which stays as written: how large or precise it may be is up to the reader of the value.
    mutating func number() throws(SyntaxError) {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        append(.number, from: start)
    }

    /// Reads one or more digits.
    private mutating func digits() throws(SyntaxError) {
        let start = position
        while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw fault(.number) }
    }
}

/// The keys of an object that is being parsed, so that a repeated key is noticed at once.
///
/// A few keys are compared one by one along the tape, which allocates nothing. More than that go into a set, so that an
/// object crafted to be slow costs as much per byte as any other: the hashes are seeded differently in every process.
struct KeySet {
    private static let few = 16

    /// The index of the object on the tape.
    private let object: Int
    private var count = 0
    private var many: Set<RawString> = []

    init(of object: Int) {
        self.object = object
    }

    /// Adds the key at the end of the tape; returns false if the object already has it.
    mutating func insertLast(of nodes: [Node], in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let last = nodes.count - 1
        let key = RawString(nodes[last], in: bytes)
        count += 1
        guard many.isEmpty else { return many.insert(key).inserted }
        var isNew = true
        var index = object + 1
        while index < last {
            let earlier = RawString(nodes[index], in: bytes)
            if earlier == key { isNew = false }
            if count > Self.few {
                many.insert(earlier)
            } else if !isNew {
                break
            }
            index = nodes.index(pastValueAt: index + 1)
        }
        if count > Self.few { many.insert(key) }
        return isNew
    }
}
