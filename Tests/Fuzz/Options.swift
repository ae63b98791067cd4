/// The options of the command line.
struct Options {
    private(set) var seconds = 60
    private(set) var seed = UInt64.random(in: 0...UInt64.max)
    private(set) var target: String?

    /// `nil` if the arguments cannot be parsed.
    init?(_ arguments: some Sequence<String>, targets: [String]) {
        var arguments = arguments.makeIterator()
        while let name = arguments.next() {
            guard let value = arguments.next() else { return nil }
            switch name {
            case "--seconds":
                guard let number = Int(value), number > 0 else { return nil }
                seconds = number
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            case "--target":
                guard targets.contains(value) else { return nil }
                target = value
            default: return nil
            }
        }
    }
}
