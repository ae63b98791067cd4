-- Whether a payment is paid is said here, and in `orders` in the same words: no query has to know the rule.
CREATE VIEW payments AS
SELECT account.name AS account, account.gateway AS gateway, payment.payment_id AS payment_id,
       CASE account.folded WHEN 0 THEN coalesce(payment.watched_reference, payment.reference, payment.payment_id)
           ELSE coalesce(payment.reference, payment.watched_reference) END AS reference,
       payment.checkout_token AS checkout_token, payment.type AS type, payment.method AS method, payment.status AS status,
       payment.state AS state, CASE WHEN payment.state IN ('pending', 'authorized', 'unknown') THEN 0 ELSE 1 END AS final, payment.purpose AS purpose,
       CASE WHEN purpose = 'purchase' AND coalesce(test, 0) = 0 AND (state = 'succeeded' OR state = 'partially_refunded') AND balance_minor > 0
            AND NOT EXISTS (SELECT 1 FROM anomaly WHERE anomaly.payment = payment.id AND closed_at IS NULL
                            AND (kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums'
                                 OR kind = 'conflict' OR (kind = 'regression' AND payment.held = 1))) THEN 1 ELSE 0 END AS paid,
       payment.amount_minor AS amount_minor,
       paystate_amount(payment.amount_minor, currency.exponent) AS amount,
       payment.currency AS currency, payment.initial_amount_minor AS initial_amount_minor,
       payment.surcharge_minor AS surcharge_minor, payment.held_minor AS held_minor, payment.captured_minor AS captured_minor,
       payment.refunded_minor AS refunded_minor, payment.charged_back_minor AS charged_back_minor,
       payment.paid_out_minor AS paid_out_minor, payment.balance_minor AS balance_minor, payment.test AS test,
       payment.code AS code, payment.message AS message,
       (SELECT decline FROM operation WHERE operation.payment = payment.id AND operation.decline IS NOT NULL
        AND operation.code = payment.code AND payment.state IN ('failed', 'cancelled', 'expired', 'pending')
        ORDER BY gateway_updated_at DESC NULLS LAST, operation_id LIMIT 1) AS decline,
       payment.card_brand AS card_brand, payment.card_last_4 AS card_last_4, payment.card_expiry AS card_expiry,
       paystate_time(payment.paid_at) AS paid_at,
       paystate_time(payment.settled_at) AS settled_at,
       paystate_time(payment.expires_at) AS expires_at,
       paystate_time(payment.first_seen_at) AS first_seen_at,
       paystate_time(payment.updated_at) AS updated_at,
       paystate_time(payment.gateway_updated_at) AS gateway_updated_at,
       payment.last_source AS last_source,
       CASE WHEN payment.reconciliation = 'scheduled' THEN 'scheduled' ELSE
           coalesce((SELECT min(operation.reconciliation) FROM operation
                     WHERE operation.payment = payment.id AND operation.reconciliation = 'scheduled'),
                    (SELECT max(operation.reconciliation) FROM operation
                     WHERE operation.payment = payment.id AND operation.reconciliation = 'unresolved'),
                    payment.reconciliation) END AS reconciliation,
       paystate_time((SELECT min(due) FROM (SELECT CASE WHEN payment.reconciliation <> 'done' THEN payment.next_poll_at END AS due UNION ALL
                                       SELECT operation.next_poll_at FROM operation WHERE operation.payment = payment.id) AS dues)) AS next_poll_at,
       paystate_time(CASE WHEN payment.reconciliation = 'done' THEN payment.next_poll_at END)
       AS next_audit_at,
       paystate_time(payment.last_poll_at) AS last_poll_at,
       payment.last_poll_outcome AS last_poll_outcome, payment.polls AS polls,
       (SELECT count(*) FROM anomaly WHERE anomaly.payment = payment.id AND anomaly.closed_at IS NULL) AS open_anomalies,
       payment.expected_amount_minor AS expected_amount_minor, payment.expected_currency AS expected_currency
FROM payment
JOIN account ON account.id = payment.account
LEFT JOIN currency ON currency.code = payment.currency
WHERE payment.merged_into IS NULL;

INSERT INTO schema_doc (object, "column", description) VALUES
('payments', '', 'What the buyer pays, or is paid: one row a payment, with its state and where the asking about it stands.'),
('payments', 'account', 'The account''s name in the configuration.'),
('payments', 'gateway', 'The payment company''s system: ecommpay or ecomcharge.'),
('payments', 'payment_id', 'The gateway''s key of it: ecommpay payment.id; eComCharge the uid of the root transaction.'),
('payments', 'reference', 'The merchant''s own name for it: what watch was told, else ecommpay payment.id; eComCharge tracking_id (ERIP: erip.account_number), else what watch was told.'),
('payments', 'checkout_token', 'The eComCharge payment token that led to it.'),
('payments', 'type', 'The gateway''s word for its type, such as purchase, payout, payment, authorization.'),
('payments', 'method', 'The gateway''s word for the method, such as card, credit_card, erip.'),
('payments', 'status', 'The gateway''s own word for how it stands, kept as sent; NULL where nothing was said yet.'),
('payments', 'state', 'Our closed set: pending, authorized, succeeded, failed, cancelled, expired, partially_refunded, refunded, charged_back, unknown.'),
('payments', 'final', '1 unless the state is pending, authorized or unknown.'),
('payments', 'purpose', 'What it is for: purchase, payout, transfer (p2p: not the merchant''s money), verification (no money moves), or unknown (a type that we do not know, or nothing said yet: what it took is counted, but pays for no order).'),
('payments', 'paid', '1 if it pays its order: a real purchase, succeeded or partially refunded, with a balance above 0, and no alarm about its money open (amount_mismatch, currency_mismatch, inconsistent_sums, conflict, a regression of its own).'),
('payments', 'amount_minor', 'What the buyer was asked for, in whole minor units of the currency; refunds and partial captures do not lower it.'),
('payments', 'amount', 'The same as decimal text by the currency''s exponent; NULL for a currency without a known exponent.'),
('payments', 'currency', 'ISO 4217 letters as the gateway sent them.'),
('payments', 'initial_amount_minor', 'The merchant''s own amount, where a surcharge makes the total differ.'),
('payments', 'surcharge_minor', 'The surcharge in minor units, where there is one.'),
('payments', 'held_minor', 'What an authorization holds and was neither captured nor released, in minor units.'),
('payments', 'captured_minor', 'What was taken from the buyer, before refunds and chargebacks, in minor units.'),
('payments', 'refunded_minor', 'What went back to the buyer, in minor units.'),
('payments', 'charged_back_minor', 'What the buyer''s bank took back, in minor units.'),
('payments', 'paid_out_minor', 'What was sent to the customer, in minor units; it is no part of the balance.'),
('payments', 'balance_minor', 'What the merchant has of it: captured - refunded - charged back, in minor units. The payment''s entries add up to it.'),
('payments', 'test', '1 if the gateway marks it as a test, 0 if as real, NULL if it does not say.'),
('payments', 'code', 'The result code of the operation that brought its state, else of the first error.'),
('payments', 'message', 'The text that belongs to the code; for people, never decide by it.'),
('payments', 'decline', 'What kind of refusal the code is: soft (it may work later), hard (not with this card), risk or technical; NULL if it is none, or not in the gateway''s list.'),
('payments', 'card_brand', 'The card''s brand in the gateway''s word, such as visa.'),
('payments', 'card_last_4', 'The last four digits of the card''s number.'),
('payments', 'card_expiry', 'The month in which the card expires, such as 2030-01.'),
('payments', 'paid_at', 'The gateway''s time of paying (UTC), where it says; ecommpay never does.'),
('payments', 'settled_at', 'The gateway''s time of settling (UTC), where it says; ecommpay never does.'),
('payments', 'expires_at', 'Until when it may still be paid, as the gateway says (UTC; ecommpay never does); it is not given up before that and a day.'),
('payments', 'first_seen_at', 'When Paystate first heard of it (UTC).'),
('payments', 'updated_at', 'When Paystate last changed what it believes of it (UTC).'),
('payments', 'gateway_updated_at', 'The gateway''s own time of what is believed (UTC); NULL if it gave none.'),
('payments', 'last_source', 'Who brought what is believed: callback, poll or operator.'),
('payments', 'reconciliation', 'scheduled (it will be asked about), done, or unresolved (given up; never a failure).'),
('payments', 'next_poll_at', 'When the gateway is asked next about it or one of its operations (UTC); NULL unless scheduled.'),
('payments', 'next_audit_at', 'When the gateway is asked once more about it although nothing is open, because a refund may have been lost (UTC).'),
('payments', 'last_poll_at', 'When the gateway was last asked about it (UTC).'),
('payments', 'last_poll_outcome', 'What came of that question; see polls.outcome.'),
('payments', 'polls', 'How many questions were sent about it.'),
('payments', 'open_anomalies', 'How many anomalies of it are open.'),
('payments', 'expected_amount_minor', 'The amount that watch was told to expect, in minor units.'),
('payments', 'expected_currency', 'The currency that watch was told to expect.');
