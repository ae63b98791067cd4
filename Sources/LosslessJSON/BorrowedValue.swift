/// A value of a ``Document`` whose memory is borrowed for a walk over many values: it counts no references, which would cost more
/// than the walk.
package struct BorrowedValue {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let nodes: UnsafeBufferPointer<Node>
    /// Its position among the keys and values of the document.
    package let index: Int

    fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>, _ nodes: UnsafeBufferPointer<Node>, at index: Int) {
        self.bytes = bytes
        self.nodes = nodes
        self.index = index
    }

    package var kind: Value.Kind { nodes[index].kind }

    /// A string, or a number as written; meaningless for anything else.
    package var scalar: RawString { spelling(at: index) }

    /// Calls a function with each member of an object, in order, until it returns false.
    ///
    /// - Returns: whether it never did.
    package func allMembers(_ visit: (_ key: RawString, _ value: BorrowedValue) -> Bool) -> Bool {
        var next = index + 1
        while next < nodes[index].end {
            let value = BorrowedValue(bytes, nodes, at: next + 1)
            guard visit(spelling(at: next), value) else { return false }
            next = value.indexPastIt
        }
        return true
    }

    /// Calls a function with each element of an array, in order, until it returns false.
    ///
    /// - Returns: whether it never did.
    package func allElements(_ visit: (_ position: Int, _ element: BorrowedValue) -> Bool) -> Bool {
        var next = index + 1
        var position = 0
        while next < nodes[index].end {
            let element = BorrowedValue(bytes, nodes, at: next)
            guard visit(position, element) else { return false }
            next = element.indexPastIt
            position += 1
        }
        return true
    }

    private func spelling(at index: Int) -> RawString { RawString(nodes[index], in: bytes) }

    private var indexPastIt: Int { nodes.index(pastValueAt: index) }
}

extension Value {
    /// Borrows the value, for the time of the call.
    package func withBorrowed<Result>(_ body: (BorrowedValue) -> Result) -> Result {
        tape.bytes.withUnsafeBufferPointer { bytes in
            tape.nodes.withUnsafeBufferPointer { nodes in body(BorrowedValue(bytes, nodes, at: index)) }
        }
    }
}
