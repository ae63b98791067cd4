/// Where a pruning stands. How far the evidence was looked at is in the database; what was needed the last time is looked at
/// again each time.
enum PruningStage: Sendable {
    case neededBodies(of: BodyRows.Source, after: Int64)
    case bodies(of: BodyRows.Source)
    case rejections

    static let first = neededBodies(of: .callback, after: 0)

    /// The stage after this one; what was needed goes first, so that nothing is looked at twice.
    var next: PruningStage? {
        switch self {
        case .neededBodies(.callback, _): .neededBodies(of: .poll, after: 0)
        case .neededBodies(.poll, _): .bodies(of: .callback)
        case .bodies(.callback): .bodies(of: .poll)
        case .bodies(.poll): .rejections
        case .rejections: nil
        }
    }
}
