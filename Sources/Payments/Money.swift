/// An amount in whole minor units of a currency (cents, yen, fils): never a fraction, never rounded.
package struct Money: Sendable, Hashable {
    package var minor: Int64
    /// ISO 4217 letters, as the gateway sent them.
    package var currency: String

    package init(minor: Int64, currency: String) {
        self.minor = minor
        self.currency = currency
    }
}
