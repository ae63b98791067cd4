package import Payments

/// An authentic body that does not say what it should in the way it should. It names the place, never what is there.
package struct Undecodable: Error, Hashable {
    package enum Problem: String, Sendable, CaseIterable {
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
    package let problem: Problem
    /// The payment that the body names all the same.
    package internal(set) var mention: Mention?
}

extension Undecodable: CustomStringConvertible {
    package var description: String { "\(field.isEmpty ? "the body" : field) \(problem.rawValue)" }
}
