package import Mustache

/// A view of which a page has many, such as a cell of a table: templates get its members from a table of them.
///
/// Of every other view the library finds them by reflection, which costs a microsecond for each property of the view,
/// whenever a template names one. A test compares the table with the stored properties.
package protocol FrequentView: MustacheParent {
    typealias Members = [String: @Sendable (Self) -> Any?]

    /// All stored properties, by their names.
    static var members: Members { get }
}

extension FrequentView {
    package static var names: Set<String> { Set(members.keys) }

    package func child(named name: String) -> Any? {
        guard let member = Self.members[name] else { return nil }
        return member(self) ?? Absent()
    }
}

/// A member that is `nil`. For `nil` itself the library would look at the views around this one.
private struct Absent: MustacheCustomRepresentation {
    var representation: Any? { nil }
}
