import LosslessJSON
import Payments

/// Reads the members of one object of an authentic body, each by the type that it must have.
///
/// Absent and null members mean "not stated" and give nil; so does an empty container that the proof does not cover
/// (anyone could have put it there). A deciding member of the wrong type, or that occurs more than once, is an error.
/// Any other such member is left out, and its path goes to the `Omissions`: what the gateway writes into a field of
/// its own must not lose a payment.
package struct ObjectReader {
    /// nil if the body has no such object.
    private let object: Value?
    private let place: Place
    private let coverage: Coverage
    private let omissions: Omissions

    /// - Parameter document: The document of a body that is proved; `nil` if the body is not JSON.
    init(
        proven document: Document?,
        covering coverage: Coverage,
        omissions: Omissions = Omissions()
    ) throws(DecodingFailure) {
        guard let document else { throw DecodingFailure(field: "", reason: .notJSON) }
        guard document.root.kind == .object else { throw DecodingFailure(field: "", reason: .wrongType) }
        self.init(object: document.root, at: Place(), coverage: coverage, omissions: omissions)
    }

    private init(object: Value?, at place: Place, coverage: Coverage, omissions: Omissions) {
        self.object = object
        self.place = place
        self.coverage = coverage
        self.omissions = omissions
    }

    private func fields(_ object: Value?, at place: Place) -> ObjectReader {
        ObjectReader(object: object, at: place, coverage: coverage, omissions: omissions)
    }

    var isPresent: Bool { object != nil }

    /// Whether a key has a value, of whatever type.
    func contains(_ key: String) -> Bool {
        guard let object, let value = object[key] else { return false }
        return object.repeats(key) || !saysNothing(value)
    }

    /// Whether a key has an object or array as its value.
    func holdsContainer(_ key: String) -> Bool { contains(key) && object?[key]?.isContainer == true }
}

// MARK: - What decides

extension ObjectReader {
    /// The object under a key, or an empty one. PHP writes an empty object as `[]`, so that counts as one too.
    func object(deciding key: String) throws(DecodingFailure) -> ObjectReader {
        let place = place.member(key)
        guard let value = try member(key) else { return fields(nil, at: place) }
        return try fields(element: value, at: place)
    }

    /// The object or array under a key; `nil` if there is none, or a scalar.
    func container(deciding key: String) throws(DecodingFailure) -> ObjectReader? {
        guard let value = try member(key), value.isContainer else { return nil }
        return try fields(element: value, at: place.member(key))
    }

    /// The first member that is an object with a value under the given key; errors do not show the member's own key.
    func firstObject(deciding key: String) throws(DecodingFailure) -> (key: String, fields: ObjectReader)? {
        guard let object else { return nil }
        for member in object.members {
            let fields = fields(member.value, at: place.member("*"))
            guard fields.contains(key) else { continue }
            let name = member.key.string
            guard !object.repeats(name) else { throw DecodingFailure(field: place.path("*"), reason: .repeated) }
            guard !name.utf8.contains(0) else { throw DecodingFailure(field: place.path("*"), reason: .zeroCharacter) }
            return (name, fields)
        }
        return nil
    }

    /// The objects in the array under a key.
    func list(deciding key: String) throws(DecodingFailure) -> [ObjectReader] {
        guard let value = try member(key) else { return [] }
        guard value.kind == .array else { throw wrongType(key) }
        var list: [ObjectReader] = []
        for (index, element) in value.elements.enumerated() where !saysNothing(element) {
            list.append(try fields(element: element, at: place.member(key).member("\(index)")))
        }
        return list
    }

    private func fields(element value: Value, at place: Place) throws(DecodingFailure) -> ObjectReader {
        let isEmptyArray = value.kind == .array && value.elements.first { _ in true } == nil
        guard value.kind == .object || isEmptyArray else {
            throw DecodingFailure(field: place.path, reason: .wrongType)
        }
        return fields(isEmptyArray ? nil : value, at: place)
    }

    /// A string; an empty one counts as absent, as null does (to ecommpay's signature they are the same).
    func text(deciding key: String) throws(DecodingFailure) -> String? {
        try kept(string(key), key)
    }

    /// A string or whole number, as text; never empty, because entities are distinguished by it.
    func identifier(deciding key: String) throws(DecodingFailure) -> String? {
        guard let value = try member(key) else { return nil }
        if let number = value.rawNumber {
            guard number.utf8.allSatisfy(\.isDigit) else { throw DecodingFailure(field: path(key), reason: .notWhole) }
            return try name(number, key)
        }
        guard let text = try text(deciding: key) else { throw DecodingFailure(field: path(key), reason: .empty) }
        return try name(text, key)
    }

    /// Minor units: a whole number, or one written as a string. Nothing is rounded.
    func amount(deciding key: String) throws(DecodingFailure) -> Int64? {
        guard let text = try numberOrString(key) else { return nil }
        let digits = text.hasPrefix("-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else {
            throw DecodingFailure(field: path(key), reason: .notWhole)
        }
        guard let amount = Int64(text) else { throw DecodingFailure(field: path(key), reason: .tooLarge) }
        return amount
    }

    /// A boolean, or a value seen in place of one: 1, 0, and any of these as a string.
    func flag(deciding key: String) throws(DecodingFailure) -> Bool? {
        guard let value = try member(key) else { return nil }
        switch value.kind {
        case .true: return true
        case .false: return false
        case .string, .number, .object, .array, .null:
            switch try numberOrString(key) {
            case "true", "1": return true
            case "false", "0": return false
            case nil: return nil
            case .some: throw wrongType(key)
            }
        }
    }
}

// MARK: - What decides nothing

extension ObjectReader {
    /// The object under a key, or an empty one.
    func object(_ key: String) -> ObjectReader {
        orLeftOut { () throws(DecodingFailure) in try object(deciding: key) } ?? fields(nil, at: place.member(key))
    }

    /// The objects in the array under a key.
    func list(_ key: String) -> [ObjectReader] {
        orLeftOut { () throws(DecodingFailure) in try list(deciding: key) } ?? []
    }

    /// A string that is not empty.
    func text(_ key: String) -> String? {
        orLeftOut { () throws(DecodingFailure) in try text(deciding: key) }
    }

    /// A string that something is found by, such as a token.
    func name(_ key: String) -> String? {
        orLeftOut { () throws(DecodingFailure) in
            guard let text = try text(deciding: key) else { return nil }
            return try name(text, key)
        }
    }

    /// A string or number, as text, that something is found by: references come as either.
    func reference(_ key: String) -> String? {
        orLeftOut { () throws(DecodingFailure) in
            guard let text = try kept(numberOrString(key), key) else { return nil }
            return try name(text, key)
        }
    }

    /// A string or number, as text: result codes come as either.
    func label(_ key: String) -> String? {
        orLeftOut { () throws(DecodingFailure) in try kept(numberOrString(key), key) }
    }

    /// A whole number, or one written as a string.
    func count(_ key: String) -> Int64? {
        orLeftOut { () throws(DecodingFailure) in try amount(deciding: key) }
    }

    /// A time; text that is not a time (placeholders occur) counts as absent.
    func time(_ key: String) -> Timestamp? {
        orLeftOut { () throws(DecodingFailure) in
            guard let value = try member(key) else { return nil }
            guard value.kind == .string else { throw wrongType(key) }
            return value.scalar?.withBytes { Timestamp(gatewayTime: $0) }
        }
    }

    private func orLeftOut<Member>(_ read: () throws(DecodingFailure) -> Member?) -> Member? {
        do {
            return try read()
        } catch {
            omissions.add(error)
            return nil
        }
    }
}

// MARK: - How

extension ObjectReader {
    private func member(_ key: String) throws(DecodingFailure) -> Value? {
        guard let object, let value = object[key] else { return nil }
        guard !object.repeats(key) else { throw DecodingFailure(field: path(key), reason: .repeated) }
        return saysNothing(value) ? nil : value
    }

    private func saysNothing(_ value: Value) -> Bool {
        switch coverage {
        case .bytes: value.isNull
        case .scalars: value.isNull || value.isContainer && !value.isSigned
        }
    }

    private func string(_ key: String) throws(DecodingFailure) -> String? {
        guard let value = try member(key) else { return nil }
        guard let text = value.text else { throw wrongType(key) }
        return text.isEmpty ? nil : text
    }

    private func numberOrString(_ key: String) throws(DecodingFailure) -> String? {
        if let number = try member(key)?.rawNumber { return number }
        return try string(key)
    }

    /// The longest name: 255 characters, as ecommpay allows, in UTF-8.
    private static let longestName = 1020

    /// Checks a text that the database has an index of.
    private func name(_ text: String, _ key: String) throws(DecodingFailure) -> String {
        guard text.utf8.count <= Self.longestName else { throw DecodingFailure(field: path(key), reason: .tooLong) }
        return text
    }

    /// Checks a text that goes into the database.
    private func kept(_ text: String?, _ key: String) throws(DecodingFailure) -> String? {
        guard let text, text.utf8.contains(0) else { return text }
        throw DecodingFailure(field: path(key), reason: .zeroCharacter)
    }

    private func path(_ key: String) -> String { place.path(key) }

    private func wrongType(_ key: String) -> DecodingFailure { DecodingFailure(field: path(key), reason: .wrongType) }
}

/// The place of an object in a body. Its path is built only for errors, because most objects are read without one.
private struct Place {
    private var parent = ""
    private var key = ""

    var path: String { parent.isEmpty ? key : "\(parent).\(key)" }

    func path(_ key: String) -> String { member(key).path }

    func member(_ key: String) -> Place {
        var member = Place()
        (member.parent, member.key) = (path, key)
        return member
    }
}

extension Value {
    fileprivate var isContainer: Bool {
        switch kind {
        case .object, .array: true
        case .string, .number, .true, .false, .null: false
        }
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
