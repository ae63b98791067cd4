/// The members of an object, in the order in which they were written.
package struct Members: Sequence, IteratorProtocol, Sendable {
    private let tape: Tape
    private var index: Int
    private let end: Int

    init(of value: Value) {
        tape = value.tape
        index = value.index + 1
        end = value.kind == .object ? tape.nodes[value.index].end : index
    }

    package mutating func next() -> (key: Text, value: Value)? {
        guard index < end else { return nil }
        let key = index
        index = tape.nodes.index(pastValueAt: key + 1)
        return (Text(tape: tape, index: key), Value(tape: tape, index: key + 1))
    }
}
