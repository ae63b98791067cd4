/// A place among all evidence: after these, and before the next of each kind.
struct EvidencePlace {
    var callback: Int64
    var poll: Int64
    var instruction: Int64
}
