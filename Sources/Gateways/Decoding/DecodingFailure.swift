package import Payments

/// An authentic body that does not say what it should in the way it should. It names the place, never what is there.
package struct DecodingFailure: Error, Hashable {
    package enum Reason: String, Sendable, CaseIterable {
        case notJSON = "is not JSON"
        case wrongType = "has another type than documented"
        case repeated = "is there more than once"
        case empty = "is empty"
        case notWhole = "is not a whole number"
        case tooLarge = "does not fit into 64 bits"
        /// SQLite would end the text there, PostgreSQL takes none.
        case zeroCharacter = "holds the character U+0000"
    }

    /// The path of the field, joined by dots; empty for the body as a whole.
    package let field: String
    package let reason: Reason
    /// The payment that the body names all the same.
    package internal(set) var mention: Mention?
}

extension DecodingFailure: CustomStringConvertible {
    package var description: String { "\(field.isEmpty ? "the body" : field) \(reason.rawValue)" }
}

/// What was passed over while a body was read.
final class Omissions {
    /// A body is never told of in more detail.
    private static let mostPaths = 100

    /// The paths of members that decide nothing and could not be read.
    private(set) var paths: [String] = []
    /// The first text that no database can keep: it was passed over for now, but the whole body cannot be decoded.
    private(set) var unstorable: DecodingFailure?

    func add(_ reason: DecodingFailure) {
        if reason.reason == .zeroCharacter {
            unstorable = unstorable ?? reason
        } else if paths.count < Self.mostPaths, !paths.contains(reason.field) {
            paths.append(reason.field)
        }
    }
}
