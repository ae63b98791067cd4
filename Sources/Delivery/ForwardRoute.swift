package import ConfigurationFile
import Gateways
package import Ledger

/// Where an account's callbacks are forwarded to, and with which credentials.
package struct ForwardRoute: Sendable, Equatable {
    package let account: String
    package let target: ForwardTarget
    /// The `Authorization` header that the account's gateway sends; `nil` if it sends none.
    package let authorization: String?

    package init(account: String, target: ForwardTarget, authorization: String?) {
        self.account = account
        self.target = target
        self.authorization = authorization
    }

    package var id: DeliveryTarget.ID { DeliveryTarget.ID(kind: .forward, account: account, name: target.name) }
}

/// Hides the credentials, and the URL, which may hold some.
extension ForwardRoute: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { id.description }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["id": id.description, "url": target.url.shown]) }
}

extension ForwardRoute {
    /// The routes of a configuration.
    package static func all(in configuration: Configuration) -> [ForwardRoute] {
        configuration.accounts.flatMap { account in
            account.forwards.map { target in
                ForwardRoute(
                    account: account.name,
                    target: target,
                    authorization: account.gateway.forwardedAuthorization
                )
            }
        }
    }
}
