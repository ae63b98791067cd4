import Foundation
import HTTPTypes
import NIOCore

/// What is decided from a request's head alone, before a byte of its body is kept.
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

    /// Whether the request is let in, and for whom; judged in the order of design 2: path, method, size, encoding.
    func judge(_ head: HTTPRequest) -> Judgement {
        guard let target = head.path, target.utf8.count <= Self.longestURI else { return .refused(.uriTooLong) }
        guard let account = account(in: CallbackPath.withoutQuery(target)) else { return .refused(.notFound) }
        guard head.method == .post else { return .refused(.methodNotAllowed) }
        if let length = head.headerFields[.contentLength], Int(length).map({ $0 > bodyLimit }) ?? true {
            return .refused(.tooLarge)
        }
        if let encoding = head.headerFields[.contentEncoding], !ContentEncoding.leavesBodyAsItIs(encoding) {
            return .refused(.encodingNotSupported)
        }
        if let expectation = head.headerFields[.expect], expectation.lowercased() != "100-continue" {
            return .refused(.expectationNotMet)
        }
        return .admitted(account: account)
    }

    /// The configured account that a path names, as it is usually written or in another spelling of the same.
    func account(in path: Substring) -> String? {
        if let name = CallbackPath.plainName(in: path), accounts.contains(String(name)) { return String(name) }
        guard let name = CallbackPath.name(in: path), accounts.contains(name) else { return nil }
        return name
    }
}

/// What a request's `Content-Encoding` says (RFC 9110, section 8.4).
enum ContentEncoding {
    /// What leaves the body as it is: no encoding, and the charsets that senders write there by mistake for a parameter of
    /// `Content-Type`. A body is bytes to whoever proves it, so none of them changes anything.
    private static let harmless: Set<String> = ["", "identity", "utf-8", "utf8", "us-ascii", "ascii"]
    private static let harmlessFamilies = ["iso-8859-", "windows-125"]

    /// Whether nothing has to be undone before the body can be read: each word of the list is one of no consequence.
    static func leavesBodyAsItIs(_ field: String) -> Bool {
        field.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { word in
            let word = word.trimmingCharacters(in: .whitespaces).lowercased()
            return harmless.contains(word) || harmlessFamilies.contains { word.hasPrefix($0) }
        }
    }
}

/// How long the first line of a request is, as far as it has come: what tells an endless URI from endless fields.
struct RequestLine {
    private var length = 0
    private var isWhole = false

    /// Whether no URI may be so long.
    var isTooLong: Bool { length > HeadValidator.longestURI }

    mutating func append(_ bytes: ByteBuffer) {
        guard !isWhole else { return }
        let bytes = bytes.readableBytesView
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        length += bytes.startIndex.distance(to: end ?? bytes.endIndex)
        isWhole = end != nil
    }
}
