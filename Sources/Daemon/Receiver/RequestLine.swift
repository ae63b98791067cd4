import NIOCore

/// How long the first line of a request is, as far as it has come: what tells an endless URI from endless fields.
struct RequestLine {
    private var length = 0
    private var isWhole = false

    /// Whether no URI may be so long.
    var isTooLong: Bool { length > Admission.longestURI }

    mutating func take(_ bytes: ByteBuffer) {
        guard !isWhole else { return }
        let bytes = bytes.readableBytesView
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        length += bytes.startIndex.distance(to: end ?? bytes.endIndex)
        isWhole = end != nil
    }
}
