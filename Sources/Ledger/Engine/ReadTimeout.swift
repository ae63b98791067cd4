import Payments

/// A read was ended because it took longer than it may.
package struct ReadTimeout: Error, Equatable, CustomStringConvertible {
    package let limit: Duration

    package var description: String { "the read took longer than \(limit.wholeMilliseconds / 1000) s" }
}
