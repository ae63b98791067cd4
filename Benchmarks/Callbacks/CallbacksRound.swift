import Sandbox

/// The daemon under load, and right afterwards the ledger alone: a disk's speed varies, so what is compared is measured
/// close together.
struct CallbacksRound: Sendable {
    let daemon: FloodReport
    /// In bytes.
    let peakMemory: Int
    let alone: LedgerAlone.Figures

    var ratio: Double { daemon.rate / alone.rate }
}

extension CallbacksRound: Encodable {
    private enum CodingKeys: String, CodingKey {
        case daemon, ratio
        case peakMemory = "peak_memory_bytes"
        case alone = "ledger_alone"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(daemon, forKey: .daemon)
        try members.encode(peakMemory, forKey: .peakMemory)
        try members.encode(alone, forKey: .alone)
        try members.encode(ratio, forKey: .ratio)
    }
}
