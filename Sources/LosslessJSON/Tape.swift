/// A parsed document: the bytes it came from, and one node for each key and value in them, in order.
///
/// A member of an object is the node of its key, then its value; a container is followed by its contents. It is a class
/// so that a ``Value`` costs one reference count, and immutable so that values can be shared between threads.
final class Tape: Sendable {
    let bytes: [UInt8]
    let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// Borrows the string or number at an index.
    func withSpelling<Result>(at index: Int, _ body: (RawString) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(RawString(nodes[index], in: $0)) }
    }

    /// The index of the first value that an object has under a key, or of the first after an earlier one; nil if there
    /// is none, or if it is not an object.
    func index(ofValueFor key: RawString, in object: Int, behind earlier: Int? = nil) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            nodes.withUnsafeBufferPointer { nodes in
                guard nodes[object].kind == .object else { return nil }
                var index = earlier.map { nodes.index(pastValueAt: $0) } ?? object + 1
                while index < nodes[object].end {
                    if RawString(nodes[index], in: bytes) == key { return index + 1 }
                    index = nodes.index(pastValueAt: index + 1)
                }
                return nil
            }
        }
    }
}

/// A key or a value on the tape.
struct Node {
    let kind: Value.Kind
    /// Whether a string contains an escape, so that its unescaped bytes differ from those written.
    var isEscaped = false
    /// Whether an object has a key more than once.
    var hasRepeatedKeys = false
    /// Where it begins in the bytes; a string begins after its opening quote.
    let start: Int
    /// Of a string or number, where it ends in the bytes; of a container, where its contents end on the tape.
    var end: Int
}

extension RandomAccessCollection<Node> where Index == Int {
    /// The index after a value and all its contents.
    func index(pastValueAt index: Int) -> Int {
        switch self[index].kind {
        case .object, .array: self[index].end
        case .string, .number, .true, .false, .null: index + 1
        }
    }
}
