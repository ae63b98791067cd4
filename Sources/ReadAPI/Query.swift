import Foundation
import Ledger
import Payments

/// The parameters of a request, each of which its endpoint knows and can use.
struct Query: Sendable {
    enum Value: Sendable {
        case text(String)
        case number(Int64)
        case place(PageKey)
    }

    private let values: [String: Value]

    /// - Parameter text: what follows the question mark; `nil` if there is none.
    init(_ text: String?, of parameters: [Parameter]) throws(ReadError) {
        var values: [String: Value] = [:]
        for pair in (text ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (name, text) = (Self.decoded(parts[0]), Self.decoded(parts.count > 1 ? parts[1] : ""))
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                throw .unknownParameter(name ?? String(parts[0]), known: parameters.map(\.name))
            }
            guard values[parameter.name] == nil else { throw .repeated(parameter.name) }
            guard let text, let value = parameter.value(of: text) else {
                throw .unusable(parameter.name, wanted: parameter.wanted)
            }
            values[parameter.name] = value
        }
        for parameter in parameters where values[parameter.name] == nil {
            guard !parameter.isRequired else { throw .missing(parameter.name, wanted: parameter.wanted) }
            if let standard = parameter.standard { values[parameter.name] = .number(standard) }
        }
        self.values = values
    }

    /// A name or value as a form or a program writes it; `nil` if it is no UTF-8.
    static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }

    func text(_ name: String) -> String? {
        guard case .text(let text) = values[name] else { return nil }
        return text
    }

    func number(_ name: String) -> Int64? {
        guard case .number(let number) = values[name] else { return nil }
        return number
    }

    func flag(_ name: String) -> Bool? { number(name).map { $0 == 1 } }

    func time(_ name: String) -> Timestamp? { number(name).map { Timestamp(milliseconds: $0) } }

    var account: String? { text(Parameter.account.name) }

    var limit: Int { Int(number(Parameter.limit.name) ?? 0) }

    var before: PageKey? {
        guard case .place(let place) = values[Parameter.before.name] else { return nil }
        return place
    }
}
