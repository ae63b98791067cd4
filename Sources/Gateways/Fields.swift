import LosslessJSON
import Payments

/// One object of an authentic body, whose members are read by the type that each must have.
///
/// Absent and null mean «not said», and give nil. A member of the wrong type is never passed over: a signature need not
/// protect types and nesting (ecommpay's does not), and what is passed over could be taken out of a body unnoticed.
package struct Fields {
    /// nil where no such object was said.
    private let object: Value?
    private let path: String

    /// The body itself.
    init(of authentic: Authentic) throws(Undecodable) {
        try self.init(proven: authentic.document)
    }

    /// - Parameter document: of a body that is proved; `nil` where that is not JSON.
    init(proven document: Document?) throws(Undecodable) {
        guard let document else { throw Undecodable(field: "", problem: .notJSON) }
        guard document.root.kind == .object else { throw Undecodable(field: "", problem: .wrongType) }
        object = document.root
        path = ""
    }

    private init(object: Value?, path: String) {
        self.object = object
        self.path = path
    }

    var isSaid: Bool { object != nil }

    /// Whether something is said under a key, of whatever type.
    func says(_ key: String) -> Bool { member(key) != nil }

    /// Whether an object or array is said under a key.
    func holdsContainer(_ key: String) -> Bool {
        switch member(key)?.kind {
        case .object, .array: true
        case .string, .number, .true, .false, .null, nil: false
        }
    }

    /// The object under a key, or one in which nothing is said. PHP writes an empty object as `[]`, so that is one too.
    func object(_ key: String) throws(Undecodable) -> Fields {
        let path = path(key)
        guard let value = member(key) else { return Fields(object: nil, path: path) }
        return try Fields(element: value, path: path)
    }

    /// The first member that is an object in which something is said under a key; its own key is not repeated in errors.
    func firstObject(saying key: String) -> Fields? {
        guard let object else { return nil }
        for member in object.members {
            let fields = Fields(object: member.value, path: path("*"))
            if fields.says(key) { return fields }
        }
        return nil
    }

    /// The objects in the array under a key.
    func list(_ key: String) throws(Undecodable) -> [Fields] {
        guard let value = member(key) else { return [] }
        guard value.kind == .array else { throw wrongType(key) }
        var list: [Fields] = []
        for element in value.elements where !element.isNull {
            list.append(try Fields(element: element, path: "\(path(key)).\(list.count)"))
        }
        return list
    }

    private init(element value: Value, path: String) throws(Undecodable) {
        let isEmptyArray = value.kind == .array && value.elements.first { _ in true } == nil
        guard value.kind == .object || isEmptyArray else { throw Undecodable(field: path, problem: .wrongType) }
        self.init(object: isEmptyArray ? nil : value, path: path)
    }

    /// A string; an empty one says nothing, as null does (to ecommpay's signature they are the same).
    func text(_ key: String) throws(Undecodable) -> String? {
        guard let value = member(key) else { return nil }
        guard let text = value.text else { throw wrongType(key) }
        return text.isEmpty ? nil : text
    }

    /// A string or number, as its text: result codes and references come as either.
    func label(_ key: String) throws(Undecodable) -> String? {
        if let number = member(key)?.rawNumber { return number }
        return try text(key)
    }

    /// A string or whole number, as its text; never empty, because things are told apart by it.
    func identifier(_ key: String) throws(Undecodable) -> String? {
        guard let value = member(key) else { return nil }
        if let number = value.rawNumber {
            guard number.utf8.allSatisfy(\.isDigit) else { throw Undecodable(field: path(key), problem: .notWhole) }
            return number
        }
        guard let text = try text(key) else { throw Undecodable(field: path(key), problem: .empty) }
        return text
    }

    /// Minor units: a whole number, or one written as a string. Nothing is rounded.
    func amount(_ key: String) throws(Undecodable) -> Int64? {
        guard let text = try label(key) else { return nil }
        let digits = text.hasPrefix("-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else {
            throw Undecodable(field: path(key), problem: .notWhole)
        }
        guard let amount = Int64(text) else { throw Undecodable(field: path(key), problem: .tooLarge) }
        return amount
    }

    /// A boolean, or what has been seen in its place: 1, 0, and any of these as a string.
    func flag(_ key: String) throws(Undecodable) -> Bool? {
        guard let value = member(key) else { return nil }
        switch value.kind {
        case .true: return true
        case .false: return false
        case .string, .number, .object, .array, .null:
            switch try label(key) {
            case "true", "1": return true
            case "false", "0": return false
            case nil: return nil
            case .some: throw wrongType(key)
            }
        }
    }

    /// A time; text that is none (placeholders occur) says nothing.
    func time(_ key: String) throws(Undecodable) -> Moment? {
        guard let text = try text(key) else { return nil }
        return Moment(gatewayTime: text)
    }

    private func member(_ key: String) -> Value? {
        guard let value = object?[key], !value.isNull else { return nil }
        return value
    }

    private func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func wrongType(_ key: String) -> Undecodable { Undecodable(field: path(key), problem: .wrongType) }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
