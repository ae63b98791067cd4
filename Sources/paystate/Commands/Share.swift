import ArgumentParser

/// A share of something, given as a number from 0 to 1 or in percent: `0.2` or `20%`.
struct Share: ExpressibleByArgument, CustomStringConvertible {
    static let none = Share(value: 0)

    /// From 0 to 1.
    let value: Double

    private init(value: Double) {
        self.value = value
    }

    init?(argument: String) {
        let isPercentage = argument.hasSuffix("%")
        guard let number = Double(isPercentage ? String(argument.dropLast()) : argument) else { return nil }
        let value = isPercentage ? number / 100 : number
        guard (0...1).contains(value) else { return nil }
        self.value = value
    }

    var description: String { String(value) }
}
