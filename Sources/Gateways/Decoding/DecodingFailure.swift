package import Payments

/// An authentic body that does not have the documented form. The failure names the place, never its content.
package struct DecodingFailure: Error, Hashable {
    package enum Reason: String, Sendable, CaseIterable {
        case notJSON = "is not JSON"
        case wrongType = "has another type than documented"
        case repeated = "is there more than once"
        case empty = "is empty"
        case notWhole = "is not a whole number"
        case tooLarge = "does not fit into 64 bits"
        /// PostgreSQL's indexes take no more than some 2,700 bytes; gateways' names have 255 characters at most.
        case tooLong = "is longer than 1020 bytes"
        /// SQLite would end the text there, and PostgreSQL accepts none.
        case zeroCharacter = "holds the character U+0000"
    }

    /// The path of the field, joined by dots; empty for the body as a whole.
    package let field: String
    package let reason: Reason
    /// The payment that the body names nevertheless.
    package internal(set) var mention: Mention?
}

extension DecodingFailure: CustomStringConvertible {
    package var description: String { "\(field.isEmpty ? "the body" : field) \(reason.rawValue)" }
}

/// What was left out while a body was read.
final class Omissions {
    /// The most paths that are kept of one body.
    private static let mostPaths = 100

    /// The paths of members that decide nothing and could not be read.
    private(set) var paths: [String] = []
    /// The first text that no database can store. It was left out for now, but the body as a whole cannot be decoded.
    private(set) var unstorable: DecodingFailure?

    func add(_ reason: DecodingFailure) {
        if reason.reason == .zeroCharacter {
            unstorable = unstorable ?? reason
        } else if paths.count < Self.mostPaths, !paths.contains(reason.field) {
            paths.append(reason.field)
        }
    }
}
