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
