import Ledger
import LosslessJSON
import Payments

extension InstructionRequest {
    /// The value of a key, as far as it can be used.
    package enum Field: Sendable, Hashable {
        case text(String)
        /// As written.
        case number(String)
        case flag(Bool)
        /// Equivalent to leaving the key out.
        case null
        case other
    }

    /// Reads the body of a request: one strict JSON object.
    init(_ verb: Verb, body: [UInt8]) throws(APIError) {
        try self.init(verb, Self.fields(in: body))
    }

    /// The members of a body that is one strict JSON object.
    static func fields(in body: [UInt8]) throws(APIError) -> [String: Field] {
        let root: Value
        do {
            root = try Document(body).root
        } catch {
            throw .malformed(error)
        }
        guard root.kind == .object else { throw .notAnObject }
        var fields: [String: Field] = [:]
        for (key, value) in root.members {
            fields[key.string] = Field(value)
        }
        return fields
    }

    /// Reads fields by key; each key must be known, and each value usable.
    package init(_ verb: Verb, _ fields: [String: Field]) throws(APIError) {
        if let unknown = fields.keys.filter({ !Self.keys(of: verb).contains($0) }).min() {
            throw .unknownKey(unknown, known: Self.keys(of: verb))
        }
        guard let account = try Self.name(fields["account"], "account") else { throw .missingAccount }
        self.account = account
        var names: [Name] = []
        for key in verb.names {
            if let id = try Self.name(fields[key.rawValue], key.rawValue) { names.append(Name(key, id)) }
        }
        guard let name = names.first else { throw .missingName(verb) }
        guard names.count == 1 else { throw .severalNames(names.map(\.key)) }
        self.name = name
        switch verb {
        case .poll: command = .poll
        case .watch:
            var expectation = Expectation()
            expectation.reference = try Self.name(fields["reference"], "reference")
            expectation.amount = try Self.amount(fields["amount_minor"])
            expectation.currency = try Self.currency(fields["currency"])
            command = .watch(expectation)
        }
    }

    package static func keys(of verb: Verb) -> [String] {
        let names = ["account"] + verb.names.map(\.rawValue)
        return switch verb {
        case .watch: names + ["reference", "amount_minor", "currency"]
        case .poll: names
        }
    }

    /// The longest name: 255 characters, as ecommpay allows, in UTF-8.
    private static let longestName = 1020

    /// A name, as its owner wrote it. Spaces around it are a typing mistake and would match nothing, so they are
    /// refused.
    static func name(_ field: Field?, _ key: String) throws(APIError) -> String? {
        guard let field, field != .null else { return nil }
        let refusal = APIError.unusable(
            key: key,
            wanted: """
                a text of 1 to \(longestName) bytes, in quotes, without control characters, and without spaces around it
                """
        )
        guard case .text(let text) = field, let first = text.first, let last = text.last else { throw refusal }
        guard !first.isWhitespace, !last.isWhitespace, text.utf8.count <= longestName,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw refusal }
        return text
    }

    private static func amount(_ field: Field?) throws(APIError) -> Int64? {
        let refusal = APIError.unusable(
            key: "amount_minor",
            wanted: "a whole number of minor units, such as 5200 for 52.00 EUR"
        )
        switch field {
        case .null, nil: return nil
        case .flag, .other: throw refusal
        case .text(let digits), .number(let digits):
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let amount = Int64(digits)
            else { throw refusal }
            return amount
        }
    }

    private static func currency(_ field: Field?) throws(APIError) -> String? {
        guard let field, field != .null else { return nil }
        guard case .text(let letters) = field, letters.utf8.count == 3,
            letters.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw .unusable(key: "currency", wanted: "the three capital letters of ISO 4217, such as EUR") }
        return letters
    }
}

extension InstructionRequest.Field {
    fileprivate init(_ value: Value) {
        self =
            switch value.kind {
            case .string: .text(value.text ?? "")
            case .number: .number(value.rawNumber ?? "")
            case .null: .null
            case .true: .flag(true)
            case .false: .flag(false)
            case .object, .array: .other
            }
    }
}
