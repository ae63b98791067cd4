extension Ecommpay {
    /// Every member that the root of a callback has been seen to have, in any of its forms.
    ///
    /// A shop signs the parameters of its Payment Page with the same key, and shows text and signature to the buyer.
    /// None of these parameters may get into the list (`payment_id`, `payment_amount`, `customer_id`, `customer_phone`,
    /// …): they identify such a text, whatever else somebody made of it.
    ///
    /// All names are ASCII, and no other spelling is canonically equal to one of them: compared as strings they behave
    /// as bytes.
    static let rootMembers: Set<String> = [
        "project_id", "payment", "operation", "operations", "account", "customer", "errors", "description", "signature",
        "recurring", "recurring_retry", "request_id", "receipt_data", "additional_terminal_data", "sum_converted",
        // What the merchant must act upon.
        "acs", "threeds2", "mpi_result", "redirect_data", "redirectData", "redirect", "return_url",
        "clarification_fields", "display_data", "qr_code",
        // Results of checks, and the parties involved.
        "provider_extra_fields", "avs_result", "avs_data", "decision", "decision_message", "bank", "company",
        "terminal", "interface_type", "cashout_data", "received_at", "logger_id", "rrn", "AuthCode", "auth_code",
        // The older form.
        "general", "transaction", "status", "sum_request", "sum_real", "sum_refund",
        // A card that was saved.
        "request", "token", "token_status", "token_created_at", "card",
    ]

    /// The members of the root whose content decides.
    private static let decidingMembers = [
        "payment", "operation", "operations", "general", "transaction", "sum_request", "sum_real",
    ]

    /// Whether the path to an object, with a `:` after it, begins in a member of the root that decides.
    static func isDeciding(_ path: [UInt8]) -> Bool {
        let root = path.prefix { $0 != UInt8(ascii: ":") }
        return root.count < path.count && decidingMembers.contains { root.elementsEqual($0.utf8) }
    }
}
