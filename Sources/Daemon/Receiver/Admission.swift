import HTTPTypes

/// What is decided from a request's head alone, before a byte of its body is kept.
struct Admission: Sendable {
    enum Judgement: Sendable {
        case admitted(account: String)
        case refused(Answer)
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
