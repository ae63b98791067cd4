import Foundation

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
