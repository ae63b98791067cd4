-- The merchant's books: what moved, in the order of the change feed.
CREATE VIEW entries AS
SELECT transition.seq AS seq, account.name AS account, payment.payment_id AS payment_id,
       CASE account.folded WHEN 0 THEN coalesce(payment.watched_reference, payment.reference, payment.payment_id)
           ELSE coalesce(payment.reference, payment.watched_reference) END AS reference,
       transition.moved_by AS operation_id, transition.kind AS kind, transition.moved_minor AS amount_minor,
       paystate_amount(transition.moved_minor, currency.exponent) AS amount,
       transition.currency AS currency, payment.purpose AS purpose, coalesce(payment.test, 0) AS test,
       paystate_time(transition.gateway_time) AS gateway_time,
       paystate_time(transition.recorded_at) AS recorded_at,
       transition.source AS source, transition.source || ':' || transition.evidence AS evidence_id
FROM transition
JOIN payment ON payment.id = transition.payment
JOIN account ON account.id = transition.account
LEFT JOIN currency ON currency.code = transition.currency
WHERE transition.moved_minor IS NOT NULL;

INSERT INTO schema_doc (object, "column", description) VALUES
('entries', '', 'The merchant''s books: each movement of money, in the order of the change feed. For every payment they add up to its balance (payouts: to what was paid out, negative).'),
('entries', 'seq', 'The place in the change feed (transitions.seq): keep the last one you have booked.'),
('entries', 'account', 'The account''s name in the configuration.'),
('entries', 'payment_id', 'The payment whose money moved.'),
('entries', 'reference', 'The merchant''s own name for the payment, as it is known now.'),
('entries', 'operation_id', 'The operation that moved it; NULL where the payment stated its end without saying how.'),
('entries', 'kind', 'capture (negative: taken back by a void or a correction), refund, refund_reversal, chargeback or payout.'),
('entries', 'amount_minor', 'What the merchant has more by it, in minor units, signed.'),
('entries', 'amount', 'The same as decimal text by the currency''s exponent; NULL for a currency without a known exponent.'),
('entries', 'currency', 'ISO 4217 letters as the gateway sent them.'),
('entries', 'purpose', 'What the payment is for, as far as is known now; see payments.purpose.'),
('entries', 'test', '1 if the payment is known to be a test now: no money moved.'),
('entries', 'gateway_time', 'The gateway''s own time of it (UTC).'),
('entries', 'recorded_at', 'When it was recorded (UTC).'),
('entries', 'source', 'Who brought it: callback, poll or operator.'),
('entries', 'evidence_id', 'callback:N, poll:N or operator:N: the row that proves it.');
