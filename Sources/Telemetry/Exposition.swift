/// The Prometheus text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
enum Exposition {
    static func sample(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    static func help(_ name: String, _ text: String) -> String {
        "# HELP \(name) \(escaped(text, quotes: false))\n"
    }

    static func type(_ name: String, _ type: String) -> String {
        "# TYPE \(name) \(type)\n"
    }

    /// `a="x",b="y"`, sorted by name, so that equal labels give equal texts.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0 < $1 }.map { "\(name($0.0, colons: false))=\"\(escaped($0.1, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// A name in the format's characters; any other character becomes `_`.
    static func name(_ text: String, colons: Bool) -> String {
        let letters = text.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": Character(scalar)
            case ":" where colons: ":"
            default: "_"
            }
        }
        let startsWithDigit = letters.first.map { "0"..."9" ~= $0 } ?? true
        return (startsWithDigit ? "_" : "") + String(letters)
    }

    static func number(_ value: Double) -> String {
        switch value {
        case .infinity: "+Inf"
        case -.infinity: "-Inf"
        case _ where value.isNaN: "NaN"
        case _ where value == value.rounded() && value.magnitude < 1e16: String(Int64(value))
        default: String(value)
        }
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
