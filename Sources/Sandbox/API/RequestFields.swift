import LosslessJSON

/// Reads the members of a request's JSON object, each by the type that it must have. Refuses unknown keys.
struct RequestFields {
    private let body: JSON

    /// - Parameter bytes: the body; an empty one counts as an empty object.
    init(_ bytes: [UInt8], keys: [String]) throws(SandboxProblem) {
        guard !bytes.isEmpty else {
            body = [:]
            return
        }
        do {
            body = try JSON(reading: bytes)
        } catch {
            throw SandboxProblem(status: 400, message: "the body is not JSON: \(error)")
        }
        guard case .object(let members) = body else {
            throw SandboxProblem(status: 400, message: "the body must be a JSON object")
        }
        if let unknown = members.first(where: { !keys.contains($0.key) }) {
            throw .request("«\(unknown.key)» is not known here: use \(keys.joined(separator: ", "))")
        }
    }

    func text(_ key: String) throws(SandboxProblem) -> String? {
        guard let value = member(key) else { return nil }
        guard let text = value.string, (1...255).contains(text.utf8.count) else {
            throw .request("\(key) must be a string of 1 to 255 bytes")
        }
        return text
    }

    func required(_ key: String) throws(SandboxProblem) -> String {
        guard let text = try text(key) else { throw .request("\(key) is missing") }
        return text
    }

    /// An amount in minor units.
    func amount(_ key: String) throws(SandboxProblem) -> Int64? {
        try whole(key, of: "minor units", in: 1...1_000_000_000_000)
    }

    func whole(_ key: String, of unit: String, in range: ClosedRange<Int64>) throws(SandboxProblem) -> Int64? {
        guard let value = member(key) else { return nil }
        guard case .number(let text) = value, let number = Int64(text), range.contains(number) else {
            throw .request("\(key) must be a whole number of \(unit), \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String) throws(SandboxProblem) -> Bool? {
        guard let value = member(key) else { return nil }
        guard case .bool(let flag) = value else { throw .request("\(key) must be true or false") }
        return flag
    }

    func probability(_ key: String) throws(SandboxProblem) -> Double? {
        guard let value = member(key) else { return nil }
        guard case .number(let text) = value, let number = Double(text), (0...1).contains(number) else {
            throw .request("\(key) must be a number from 0 to 1")
        }
        return number
    }

    private func member(_ key: String) -> JSON? {
        guard let value = body[key], !value.isNull else { return nil }
        return value
    }
}

/// Why a request to the sandbox's API is refused, for the person who sent it.
struct SandboxProblem: Error {
    let status: Int
    let message: String

    /// The request is invalid.
    static func request(_ message: String) -> SandboxProblem { SandboxProblem(status: 422, message: message) }

    static func notFound(_ message: String) -> SandboxProblem { SandboxProblem(status: 404, message: message) }

    /// The request is valid, but cannot be fulfilled now.
    static func conflict(_ message: String) -> SandboxProblem { SandboxProblem(status: 409, message: message) }
}
