extension String {
    /// The text as a JSON string; only characters that must be escaped are (RFC 8259, section 7).
    var jsonString: String {
        var json = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\":
                json += "\\"
                json.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
