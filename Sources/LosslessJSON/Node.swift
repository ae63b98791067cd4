/// A key or a value on the tape.
struct Node {
    let kind: Value.Kind
    /// Whether a string holds an escape, and so means other bytes than are there.
    var isEscaped = false
    /// Whether an object has a key more than once.
    var hasRepeatedKeys = false
    /// Where it begins in the bytes; a string begins after its opening quote.
    let start: Int
    /// Of a string or number, where it ends in the bytes; of a container, where what it holds ends on the tape.
    var end: Int
}

extension [Node] {
    /// The index of what follows a value and all that it holds.
    func index(pastValueAt index: Int) -> Int {
        switch self[index].kind {
        case .object, .array: self[index].end
        case .string, .number, .true, .false, .null: index + 1
        }
    }
}
