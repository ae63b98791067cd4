package import Ledger
package import Payments

// Values of which most tests only need that they are there. What a test is about, it says itself.

extension PollSchedule {
    /// Polls after a minute and then every minute for a day, authorized payments every hour; a second look after a day,
    /// and no audits.
    package static let everyMinute = PollSchedule(
        firstAfter: .seconds(60),
        steps: [.seconds(60)],
        giveUpAfter: .seconds(86_400),
        authorizedEvery: .seconds(3600),
        secondLook: .seconds(86_400),
        audit: []
    )
}

extension RejectionQuota {
    /// A hundred requests of a day.
    package static let hundred = RejectionQuota(rows: 100, bytes: 1 << 20, age: .seconds(86_400))
}

extension LedgerAccount {
    package static let ecp = LedgerAccount(name: "ecp", gateway: "ecommpay", isFolded: false)
    package static let ecc = LedgerAccount(name: "ecc", gateway: "ecomcharge", isFolded: true)
}
