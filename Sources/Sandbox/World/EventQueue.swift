import Payments

/// A queue of events by time; events that are due at the same time keep their order. A binary heap.
struct EventQueue<Element: Sendable>: Sendable {
    private struct Entry {
        let at: Timestamp
        let serial: Int
        let element: Element

        func precedes(_ other: Entry) -> Bool { (at, serial) < (other.at, other.serial) }
    }

    private var heap: [Entry] = []
    private var serial = 0

    var count: Int { heap.count }
    var isEmpty: Bool { heap.isEmpty }

    /// When the first event is due.
    var next: Timestamp? { heap.first?.at }

    mutating func insert(_ element: Element, at time: Timestamp) {
        serial += 1
        heap.append(Entry(at: time, serial: serial, element: element))
        var index = heap.count - 1
        while index > 0, heap[index].precedes(heap[(index - 1) / 2]) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Removes and returns the first event, if it is due.
    mutating func pop(dueAt now: Timestamp) -> (at: Timestamp, element: Element)? {
        guard let first = heap.first, first.at <= now else { return nil }
        removeFirst()
        return (first.at, first.element)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
