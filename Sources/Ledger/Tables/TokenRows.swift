import Payments

/// The rows of the tokens that later charges need, each as last reported.
enum TokenRows {
    static let saving: StaticString = """
        INSERT INTO token (account, kind, token, customer_id, reference, payment_id, card_brand, card_last_4,
                           expires_on, source, evidence, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (account, kind, token) DO UPDATE SET
            customer_id = excluded.customer_id, reference = excluded.reference,
            payment_id = excluded.payment_id, card_brand = excluded.card_brand,
            card_last_4 = excluded.card_last_4, expires_on = excluded.expires_on,
            source = excluded.source, evidence = excluded.evidence, updated_at = excluded.updated_at
        WHERE excluded.updated_at >= token.updated_at
        """

    static func save(_ tokens: [TokenReport], in context: RecordContext) throws {
        let evidence = context.evidence
        for token in tokens {
            try context.statements.execute(
                saving,
                [
                    context.account.id, token.kind.rawValue, token.token, token.customerID, token.reference,
                    token.paymentID,
                    token.card?.brand, token.card?.last4, token.expiresOn, evidence.source.rawValue, evidence.number,
                    evidence.at.milliseconds,
                ]
            )
        }
    }
}
