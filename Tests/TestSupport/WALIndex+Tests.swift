package import Ledger

extension WALIndex {
    /// An index in SQLite's layout.
    ///
    /// - Parameter marks: the places in the log up to which readers see it.
    package static func bytes(frames: UInt32, copied: UInt32, marks: [UInt32]) -> [UInt8] {
        var words = [UInt32](repeating: 0, count: 30)
        for half in [0, 12] { (words[half], words[half + 3], words[half + 4]) = (3_007_000, 4096 << 16, frames) }
        words[24] = copied
        for (place, mark) in marks.enumerated() { words[25 + place] = mark }
        return words.withUnsafeBytes { Array($0) }
    }
}
