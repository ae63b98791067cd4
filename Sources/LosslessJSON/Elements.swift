/// The elements of an array, in the order in which they were written.
package struct Elements: Sequence, IteratorProtocol, Sendable {
    private let tape: Tape
    private var index: Int
    private let end: Int

    init(of value: Value) {
        tape = value.tape
        index = value.index + 1
        end = value.kind == .array ? tape.nodes[value.index].end : index
    }

    package mutating func next() -> Value? {
        guard index < end else { return nil }
        defer { index = tape.nodes.index(pastValueAt: index) }
        return Value(tape: tape, index: index)
    }
}
