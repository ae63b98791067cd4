import Crypto

/// Counts the rows of a table, and hashes them in the order of its key: two tables with the same count and digest have
/// the same rows, whatever the engines.
struct TableDigest {
    /// The result.
    struct Contents: Sendable, Equatable {
        let rows: Int
        let digest: [UInt8]
    }

    private var hash = SHA256()
    private var buffer: [UInt8] = []
    private(set) var rows = 0

    /// Adds a row. Each value is written as its type, its length and its bytes, so that no two rows are written alike.
    mutating func add(_ values: [SQLValue]) {
        for value in values {
            switch value {
            case .null: buffer.append(UInt8(ascii: "-"))
            case .integer(let number): append("i", Array(String(number).utf8))
            case .text(let text): append("t", Array(text.utf8))
            case .blob(let bytes): append("b", bytes)
            }
        }
        buffer.append(UInt8(ascii: "\n"))
        rows += 1
        if buffer.count >= 1 << 16 { flush() }
    }

    mutating func finish() -> Contents {
        flush()
        return Contents(rows: rows, digest: Array(hash.finalize()))
    }

    private mutating func append(_ type: String, _ bytes: [UInt8]) {
        buffer.append(contentsOf: "\(type)\(bytes.count):".utf8)
        buffer.append(contentsOf: bytes)
    }

    private mutating func flush() {
        hash.update(data: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
