/// Whether the database can go on growing.
package struct DiskSpaceCheck {
    package static let name = "disk space"

    /// A callback takes about 3 kB, so that a gibibyte is some hundred thousand of them.
    private static let scarce: Int64 = 2 << 30
    private static let nothing: Int64 = 256 << 20

    /// - Parameter volume: `nil` where the file system cannot be looked at.
    package static func finding(_ volume: Volume?, at path: String) -> Finding {
        guard let volume, volume.size > 0 else {
            return Finding(name, .skipped, "the file system of \(path) cannot be looked at")
        }
        let percent = Int(Double(volume.free) / Double(volume.size) * 100)
        let seen = "\(Rough.bytes(volume.free)) of \(Rough.bytes(volume.size)) free (\(percent) %) at \(path)"
        let advice = """
            enlarge the disk, move other files away, or shorten retention.bodies and run `paystate prune`; when it is full, \
            callbacks are answered 503 and come again
            """
        guard volume.free >= nothing, percent >= 1 else { return Finding(name, .failure, seen, advice: advice) }
        guard volume.free >= scarce, percent >= 5 else { return Finding(name, .warning, seen, advice: advice) }
        return Finding(name, .ok, seen)
    }
}
