package import Gateways

/// A merchant account at a gateway: an ecommpay project, an eComCharge shop.
package struct Account: Sendable {
    /// `[a-z0-9-]{1,64}`; its callbacks arrive at `/callbacks/{name}`.
    package let name: String
    /// The gateway as this account sees it, with its secrets.
    package let gateway: any Gateway
    /// The settings that the gateway was created from; a reload compares them to find what has changed.
    private let values: [String: SettingValue]
    /// Where its callbacks are forwarded to, in the order of the file.
    package let forwards: [ForwardTarget]

    package init(
        name: String,
        gateway: any Gateway,
        values: [String: SettingValue] = [:],
        forwards: [ForwardTarget] = []
    ) {
        self.name = name
        self.gateway = gateway
        self.values = values
        self.forwards = forwards
    }

    /// Whether the other one is the same project or shop of the same gateway.
    func isTwin(of other: Account) -> Bool {
        type(of: gateway).name == type(of: other.gateway).name && identity == other.identity
    }

    /// The number, and the URLs where it is valid: another installation of the gateway may have assigned the same
    /// number.
    private var identity: [String: SettingValue] {
        values.filter { _, value in
            switch value {
            case .integer, .url: true
            case .secrets, .word: false
            }
        }
    }

    /// The names of the settings that have changed; never their values.
    package func changes(since old: Account) -> [String] {
        guard type(of: gateway).name == type(of: old.gateway).name else { return ["gateway"] }
        var changed = Set(values.keys).union(old.values.keys).filter { values[$0] != old.values[$0] }
        if forwards != old.forwards { changed.insert("forward") }
        return changed.sorted()
    }
}

/// Hides the gateway, which holds secrets: print, dump and debugger show its name, and where callbacks are forwarded to.
extension Account: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(name) (\(type(of: gateway).name))" }

    package var customMirror: Mirror {
        Mirror(self, children: ["name": name, "gateway": type(of: gateway).name, "forwards": forwards])
    }
}
