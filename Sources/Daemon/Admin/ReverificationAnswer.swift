/// The result of judging rejected callbacks again: the JSON of the response.
package struct ReverificationAnswer: Codable, Sendable, Equatable {
    package struct Account: Codable, Sendable, Equatable {
        package let account: String
        /// All that were judged.
        package var judged = 0
        /// Recorded now, as callbacks.
        package var proved = 0
        /// Proved too, but the same bytes were already recorded: they count as deliveries.
        package var duplicates = 0
        /// Still not proved: they stay among the rejected requests.
        package var refused = 0
        /// Basic credentials are not kept, or the account is no longer configured: they stay too.
        package var unjudgeable = 0
        /// Proved, but the ledger could not record them: they stay too.
        package var unrecorded = 0
    }

    package private(set) var accounts: [Account]

    init(_ accounts: [String]) {
        self.accounts = accounts.map { Account(account: $0) }
    }

    enum Outcome {
        case proved
        case duplicate
        case refused
        case unjudgeable
        case unrecorded
    }

    mutating func count(_ outcome: Outcome, of account: String) {
        let index = accounts.firstIndex { $0.account == account } ?? accounts.endIndex
        if index == accounts.endIndex { accounts.append(Account(account: account)) }
        accounts[index].judged += 1
        switch outcome {
        case .proved: accounts[index].proved += 1
        case .duplicate: accounts[index].duplicates += 1
        case .refused: accounts[index].refused += 1
        case .unjudgeable: accounts[index].unjudgeable += 1
        case .unrecorded: accounts[index].unrecorded += 1
        }
    }
}

/// The selection of what to judge again: the JSON body of `POST /v1/reverify`, which may be empty.
package struct ReverificationRequest: Codable, Sendable {
    /// Only this account; `nil` means all accounts.
    package let account: String?

    package init(account: String?) {
        self.account = account
    }

    init(body: [UInt8]) throws(APIError) {
        let fields = body.isEmpty ? [:] : try InstructionRequest.fields(in: body)
        if let unknown = fields.keys.filter({ $0 != "account" }).min() {
            throw .unknownKey(unknown, known: ["account"])
        }
        account = try InstructionRequest.name(fields["account"], "account")
    }
}
