import HTTPTypes

/// What is decided from a request's head alone, before a byte of its body is kept.
struct Admission: Sendable {
    private static let prefix = "/callbacks/"
    private static let longestURI = 4096

    private let accounts: Set<String>
    /// The largest body, in bytes.
    let bodyLimit: Int

    init(accounts: Set<String>, bodyLimit: Int) {
        self.accounts = accounts
        self.bodyLimit = bodyLimit
    }

    /// Why the request is not let in, judged in the order of design 2: path, method, size, encoding; `nil` if it is.
    func refusal(of head: HTTPRequest) -> Answer? {
        guard let path = head.path, path.utf8.count <= Self.longestURI else { return .uriTooLong }
        guard let account = Self.account(in: path), accounts.contains(String(account)) else { return .notFound }
        guard head.method == .post else { return .methodNotAllowed }
        if let length = head.headerFields[.contentLength], Int(length).map({ $0 > bodyLimit }) ?? true {
            return .tooLarge
        }
        if let encoding = head.headerFields[.contentEncoding], encoding.lowercased() != "identity" {
            return .encodingNotSupported
        }
        if let expectation = head.headerFields[.expect], expectation.lowercased() != "100-continue" {
            return .expectationNotMet
        }
        return nil
    }

    /// The account that a path names: `/callbacks/{account}`, with or without a query.
    static func account(in path: String) -> Substring? {
        guard path.hasPrefix(prefix) else { return nil }
        return path.dropFirst(prefix.count).prefix { $0 != "?" }
    }
}
