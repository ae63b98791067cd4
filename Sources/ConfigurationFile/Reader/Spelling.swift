/// Finds what a mistyped name was meant to be.
package enum Spelling {
    /// The known name that a mistyped one is closest to; `nil` if none is close.
    package static func closest(to name: String, in names: [String]) -> String? {
        let distances = names.map { (name: $0, distance: distance(Array(name.utf8), Array($0.utf8))) }
        return distances.filter { $0.distance <= max(1, name.utf8.count / 4) }.min { $0.distance < $1.distance }?.name
    }

    /// How many letters must be inserted, removed or replaced (Levenshtein); more than any limit for long texts.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard one.count <= 64 else { return .max }
        var row = Array(0...other.count)
        for (index, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let replaced = diagonal + (letter == other[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[other.count]
    }
}
