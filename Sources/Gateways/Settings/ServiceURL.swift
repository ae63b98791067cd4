/// The base URL of a gateway's service, below which its resources are.
struct ServiceURL: Sendable {
    private let base: String

    /// Keeps a path in the URL, but no slashes at its end.
    init(_ url: String) {
        var base = url[...]
        while base.hasSuffix("/") {
            base.removeLast()
        }
        self.base = String(base)
    }

    /// - Parameter path: Without slashes around it.
    func url(_ path: String) -> String { "\(base)/\(path)" }

    /// The URL of one resource in a collection. Its id stays one path segment, whatever characters it contains.
    func url(_ collection: String, id: String) -> String { "\(url(collection))/\(Self.segment(id))" }

    /// Percent-encodes all but the characters that have no special meaning in a URL (RFC 3986, section 2.3). Dots have
    /// one if the segment contains nothing else: it would name a folder.
    private static func segment(_ id: String) -> String {
        let isFolder = id == "." || id == ".."
        var segment = ""
        for byte in id.utf8 {
            if byte.isUnreserved, !isFolder {
                segment.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                segment += byte < 16 ? "%0" : "%"
                segment += String(byte, radix: 16, uppercase: true)
            }
        }
        return segment
    }
}

extension UInt8 {
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: isDigit
        }
    }
}
