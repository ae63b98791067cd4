import NIOCore

/// The requests of a flood, built beforehand, so that sending one costs a write and nothing else.
struct FloodRequests: Sendable {
    private static let pieceLength = 2048

    private var waiting: ArraySlice<ByteBuffer>

    /// Builds the bodies and the requests that carry them, on all cores.
    init(
        of body: @escaping @Sendable (Int) throws -> [UInt8],
        numbers: Range<Int>,
        to target: FloodTarget
    ) async throws {
        let starts = Array(stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.pieceLength))
        let pieces = try await withThrowingTaskGroup(of: (start: Int, requests: [ByteBuffer]).self) { tasks in
            for start in starts {
                let numbers = start..<min(start + Self.pieceLength, numbers.upperBound)
                tasks.addTask { (start, try Self.requests(of: body, numbers: numbers, to: target)) }
            }
            return try await tasks.reduce(into: [:]) { $0[$1.start] = $1.requests }
        }
        waiting = starts.flatMap { pieces[$0] ?? [] }[...]
    }

    var isEmpty: Bool { waiting.isEmpty }

    mutating func next() -> ByteBuffer? { waiting.popFirst() }

    /// Builds requests in one piece of memory, one after the other.
    private static func requests(
        of body: (Int) throws -> [UInt8],
        numbers: Range<Int>,
        to target: FloodTarget
    ) throws -> [ByteBuffer] {
        let head = "POST \(target.path) HTTP/1.1\r\nHost: \(target.authority)\r\nContent-Type: application/json\r\n"
        var bytes = ByteBuffer()
        let lengths = try numbers.map { number in
            try Task.checkCancellation()
            let body = try body(number)
            return bytes.writeString("\(head)Content-Length: \(body.count)\r\n\r\n") + bytes.writeBytes(body)
        }
        return lengths.compactMap { bytes.readSlice(length: $0) }
    }
}
