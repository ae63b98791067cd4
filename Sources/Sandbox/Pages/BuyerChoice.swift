/// What a buyer may do on a gateway's page.
enum BuyerChoice: String, Sendable, CaseIterable {
    case pay
    case decline
    case leave

    /// The words on its button.
    var label: String {
        switch self {
        case .pay: "Pay"
        case .decline: "Have it declined"
        case .leave: "Leave without paying"
        }
    }
}
