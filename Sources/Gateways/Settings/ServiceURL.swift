/// Where a service of a gateway is. The resources that it is asked for lie below.
struct ServiceURL: Sendable {
    private let base: String

    /// A path in the URL is kept; slashes at its end are not.
    init(_ url: String) {
        var base = url[...]
        while base.hasSuffix("/") {
            base.removeLast()
        }
        self.base = String(base)
    }

    /// - Parameter path: Without slashes around it.
    func url(_ path: String) -> String { "\(base)/\(path)" }

    /// The URL of one thing in a collection. Its id stays one segment of the path, whatever characters are in it.
    func url(_ collection: String, id: String) -> String { "\(url(collection))/\(Self.segment(id))" }

    /// Percent-encodes all but the characters that never mean anything in a URL (RFC 3986, section 2.3). Dots do if the
    /// segment has nothing else: it would name a folder.
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
