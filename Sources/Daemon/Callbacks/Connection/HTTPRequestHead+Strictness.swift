import NIOHTTP1

extension HTTPRequestHead {
    /// Whether the head is unambiguous about its host and the length of its body.
    ///
    /// A proxy in front may read an ambiguous head differently, and take for a body what we take for a request.
    /// SwiftNIO's parser has already refused two lengths, a length beside an encoding, and an encoding that does not
    /// end in `chunked`. RFC 9112, sections 3.2 and 6.1.
    var isUnambiguous: Bool {
        var hosts = 0
        var encodings = 0
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.lowercased() == "host":
                hosts += 1
            case 17 where name.lowercased() == "transfer-encoding":
                encodings += 1
                guard encodings == 1, value.lowercased() == "chunked", isRecent else { return false }
            default: continue  // All other fields.
            }
        }
        return isRecent ? hosts == 1 : hosts <= 1
    }

    /// Whether the version is HTTP/1.1 or later, which defines both fields.
    private var isRecent: Bool { (version.major, version.minor) >= (1, 1) }
}
