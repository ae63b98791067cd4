/// Numbers rounded for people to read.
package enum Approximate {
    package static func bytes(_ count: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(count), 0)
        while value.magnitude >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        // Cannot overflow: it was a whole number, and was divided until it is small.
        let tenths = Int64((value * 10).rounded())
        return unit == 0 || tenths >= 1000
            ? "\((tenths + 5) / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `1 account`, `2 accounts`: for nouns whose plural is regular.
    package static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// Whole units, rounded down.
    package static func time(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }
}

/// How this program was built.
package enum BuildConfiguration {
    /// What to say wherever speed is shown: a debug build is several times slower, and proves nothing about speed.
    package static var warning: String? {
        #if DEBUG
            "This is a debug build: several times slower than a release build (`swift build -c release`, or `make deb`)."
        #else
            nil
        #endif
    }
}
