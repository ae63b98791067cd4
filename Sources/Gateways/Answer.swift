/// What came back for a ``Question``. Nothing in it is proved.
package struct Answer: Sendable {
    /// Of HTTP.
    package let status: Int
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

extension Answer {
    var unexpectedStatus: AnswerRefusal { .undecodable("HTTP status \(status)") }
}
