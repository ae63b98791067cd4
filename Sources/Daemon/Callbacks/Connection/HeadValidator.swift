import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Decides from a request's head alone, before a byte of its body is kept.
struct HeadValidator: Sendable {
    enum Judgement: Sendable {
        case admitted(account: String)
        case refused(CallbackResponse)
    }

    static let longestURI = 4096

    private let accounts: Set<String>
    /// The largest body, in bytes.
    let bodyLimit: Int

    init(accounts: Set<String>, bodyLimit: Int) {
        self.accounts = accounts
        self.bodyLimit = bodyLimit
    }

    /// Whether the request is admitted, and for which account.
    ///
    /// Checked in the order of docs/http-api.md: URI length, path, method, size, encoding, expectation.
    func judge(_ head: HTTPRequest) -> Judgement {
        guard let target = head.path, target.utf8.count <= Self.longestURI else { return .refused(.uriTooLong) }
        guard let account = account(in: CallbackPath.withoutQuery(target)) else { return .refused(.notFound) }
        guard head.method == .post else { return .refused(.methodNotAllowed) }
        if let length = head.headerFields.text(.contentLength), Int(length).map({ $0 > bodyLimit }) ?? true {
            return .refused(.tooLarge)
        }
        if let encoding = head.headerFields.text(.contentEncoding), !ContentEncoding.leavesBodyAsItIs(encoding) {
            return .refused(.encodingNotSupported)
        }
        if let expectation = head.headerFields.text(.expect), expectation.lowercased() != "100-continue" {
            return .refused(.expectationNotMet)
        }
        return .admitted(account: account)
    }

    /// The configured account that a path names, in its usual spelling or an equivalent one.
    func account(in path: Substring) -> String? {
        if let name = CallbackPath.plainName(in: path), accounts.contains(String(name)) { return String(name) }
        guard let name = CallbackPath.name(in: path), accounts.contains(name) else { return nil }
        return name
    }
}

/// A request's `Content-Encoding` (RFC 9110, section 8.4).
enum ContentEncoding {
    /// Values that leave the body as it is: no encoding, and the charsets that senders write there by mistake for a
    /// parameter of `Content-Type`. Authentication works on the body's bytes, so none of them changes anything.
    private static let harmless: Set<String> = ["", "identity", "utf-8", "utf8", "us-ascii", "ascii"]
    private static let harmlessFamilies = ["iso-8859-", "windows-125"]

    /// Whether the body can be read as it is: every word of the list is one of the harmless ones.
    static func leavesBodyAsItIs(_ field: String) -> Bool {
        field.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { word in
            let word = word.trimmingCharacters(in: .whitespaces).lowercased()
            return harmless.contains(word) || harmlessFamilies.contains { word.hasPrefix($0) }
        }
    }
}

/// The length of a request's first line as received so far, which distinguishes an endless URI from endless fields.
struct RequestLine {
    /// One that has ended already: what comes next is of the fields.
    static let ended = RequestLine(isWhole: true)

    private var length = 0
    private var isWhole: Bool

    init() {
        self.init(isWhole: false)
    }

    private init(isWhole: Bool) {
        self.isWhole = isWhole
    }

    /// Whether it is longer than any URI may be.
    var isTooLong: Bool { length > HeadValidator.longestURI }

    mutating func append(_ bytes: ByteBuffer) {
        guard !isWhole else { return }
        let bytes = bytes.readableBytesView
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        length += bytes.startIndex.distance(to: end ?? bytes.endIndex)
        isWhole = end != nil
    }
}

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

extension HTTPFields {
    /// The value of a field; if it occurs several times, all of them, joined by commas.
    ///
    /// The library's own subscript goes through generic code that is looked up each time, even for a single value.
    func text(_ name: HTTPField.Name) -> String? {
        let values = self[values: name]
        return values.count <= 1 ? values.first : values.joined(separator: ", ")
    }
}
