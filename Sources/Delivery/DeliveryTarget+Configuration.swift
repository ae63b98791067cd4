package import ConfigurationFile
package import Ledger

extension DeliveryTarget {
    /// The targets of a configuration, as the ledger knows them.
    package static func all(in configuration: Configuration) -> [DeliveryTarget] {
        let forwards = ForwardRoute.all(in: configuration).map { route in
            DeliveryTarget(id: route.id, url: route.target.url.shown, accounts: [route.account], from: nil)
        }
        let notifies = configuration.notify.map { target in
            DeliveryTarget(id: target.id, url: target.url.shown, accounts: target.accounts, from: target.from)
        }
        return forwards + notifies
    }
}

extension NotifyTarget {
    package var id: DeliveryTarget.ID { DeliveryTarget.ID(kind: .notify, account: nil, name: name) }
}

extension DeliveryTarget.ID {
    /// The value of the label `target` of metrics: an account's forward target is named after both.
    package var label: String { account.map { "\($0)/\(name)" } ?? name }
}
