import Daemon
import Payments
import Telemetry
import TestSupport

/// Makes the bodies of callbacks and answers: mostly plain ones about a few payments, with an occasional number or time
/// at a limit or beyond it.
struct BodyGenerator {
    var chance: SplitMix
    var now: Timestamp

    /// The numbers at the limits of what a ledger can hold, as JSON writes them.
    static let limits = [
        "-9223372036854775808", "-9223372036854775807", "-9000000000000000000", "-4611686018427387905", "-1", "0", "1",
        "4611686018427387904", "9000000000000000000", "9223372036854775806", "9223372036854775807",
    ]

    private static let beyond = [
        "9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999999999999", "1e18", "1.5", "-0",
        "1E400",
    ]

    private static let times = [
        "0000-00-00T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
        "1900-01-01T00:00:00.001Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59+0000",
        "2038-01-19T03:14:08Z", "2262-04-11T23:47:16.855Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-23:59",
        "10000-01-01T00:00:00Z", "2024-13-01T00:00:00Z",
    ]

    /// The same few currencies most of the time: amounts in another currency count in no total.
    private static let currencies = ["EUR", "EUR", "EUR", "EUR", "EUR", "JPY", "CLF", "KWD", "XXX"]

    // MARK: Values

    mutating func amount() -> String? {
        let number =
            switch Int.random(in: 0..<20, using: &chance) {
            case 0..<10: pick(["500", "5200", "100"])
            case 10..<18: pick(Self.limits)
            case 18: pick(Self.beyond)
            default: nil as String?
            }
        return number.map { pick([true, false, false, false]) ? Self.text($0) : $0 }
    }

    mutating func time() -> String? {
        switch Int.random(in: 0..<8, using: &chance) {
        case 0..<4: Self.text((now - .seconds(pick([0, 0, 1, 3, 90, 100_000]))).text)
        case 4..<6: Self.text(pick(Self.times))
        case 6: pick([Self.limits, ["true", "{}"]].flatMap(\.self))
        default: nil
        }
    }

    mutating func currency() -> String? {
        pick([true, true, true, true, false]) ? Self.text(pick(Self.currencies)) : nil
    }

    /// One of the words, most of the time.
    mutating func word(_ words: [String]) -> String? {
        switch Int.random(in: 0..<20, using: &chance) {
        case 0: nil
        case 1: Self.text("whatever")
        default: Self.text(pick(words))
        }
    }

    mutating func sometimes(_ value: String?) -> String? { Bool.random(using: &chance) ? value : nil }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &chance)]
    }

    // MARK: JSON

    static func text(_ text: String) -> String { "\"\(text)\"" }

    /// An object with the members that are present.
    static func object(_ members: KeyValuePairs<String, String?>) -> String {
        let said = members.compactMap { key, value in value.map { "\(text(key)):\($0)" } }
        return "{\(said.joined(separator: ","))}"
    }

    static func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ","))]" }
}
