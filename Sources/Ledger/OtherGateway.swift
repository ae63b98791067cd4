/// An account is to be at another gateway than all that is recorded of it comes from.
package struct OtherGateway: Error, Equatable, CustomStringConvertible {
    package let account: String
    package let was: String
    package let wanted: String

    package init(account: String, was: String, wanted: String) {
        self.account = account
        self.was = was
        self.wanted = wanted
    }

    package var description: String {
        "account \(account) has a history at the gateway \(was): give the account at \(wanted) a name of its own"
    }
}
