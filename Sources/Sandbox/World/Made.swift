package import Payments

/// A payment that was made, as the merchant knows of it who asked for it: enough to watch for it.
package struct Made: Sendable {
    package let account: String
    package let entity: Entity
    package let reference: String?
    package let amount: Int64
    package let currency: String
}

extension World {
    /// - Returns: nil if it is forgotten already.
    package func made(_ number: Int) -> Made? {
        guard let entry = entries[number] else { return nil }
        return Made(
            account: settings.accounts[entry.account].name,
            entity: entry.matter.entity,
            reference: entry.matter.reference,
            amount: entry.matter.amount,
            currency: entry.matter.currency
        )
    }
}
