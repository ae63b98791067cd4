/// What was passed over while a body was read.
final class Omissions {
    /// A body is never told of in more detail.
    private static let mostPaths = 100

    /// The paths of members that decide nothing and could not be read.
    private(set) var paths: [String] = []
    /// The first text that no database can keep: it was passed over for now, but the whole body cannot be decoded.
    private(set) var unstorable: Undecodable?

    func add(_ problem: Undecodable) {
        if problem.problem == .zeroCharacter {
            unstorable = unstorable ?? problem
        } else if paths.count < Self.mostPaths, !paths.contains(problem.field) {
            paths.append(problem.field)
        }
    }
}
