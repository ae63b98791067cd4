package import Gateways

/// A merchant account at a gateway: an ecommpay project, an eComCharge shop.
package struct Account: Sendable {
    /// `[a-z0-9-]{1,64}`; its callbacks come to `/callbacks/{name}`.
    package let name: String
    /// The gateway as this account sees it, with its secrets.
    package let gateway: any Gateway

    package init(name: String, gateway: any Gateway) {
        self.name = name
        self.gateway = gateway
    }
}

/// The gateway holds secrets: neither print, dump nor debugger sees further than its name.
extension Account: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(name) (\(type(of: gateway).name))" }

    package var customMirror: Mirror {
        Mirror(self, children: ["name": name, "gateway": type(of: gateway).name])
    }
}
