CREATE VIEW operations AS
SELECT account.name AS account, account.gateway AS gateway, payment.payment_id AS payment_id,
       operation.operation_id AS operation_id, operation.parent_id AS parent_id, operation.kind AS kind, operation.type AS type,
       operation.status AS status, operation.state AS state, operation.amount_minor AS amount_minor,
       paystate_amount(operation.amount_minor, currency.exponent) AS amount,
       operation.currency AS currency, operation.code AS code, operation.decline AS decline, operation.rrn AS rrn,
       operation.auth_code AS auth_code, operation.receipt_url AS receipt_url, operation.message AS message,
       operation.test AS test,
       paystate_time(operation.first_seen_at) AS first_seen_at,
       paystate_time(operation.updated_at) AS updated_at,
       paystate_time(operation.gateway_created_at) AS gateway_created_at,
       paystate_time(operation.gateway_updated_at) AS gateway_updated_at,
       operation.reconciliation AS reconciliation,
       paystate_time(operation.next_poll_at) AS next_poll_at
FROM operation
JOIN payment ON payment.id = operation.payment
JOIN account ON account.id = payment.account
LEFT JOIN currency ON currency.code = operation.currency;

INSERT INTO schema_doc (object, "column", description) VALUES
('operations', '', 'One movement within a payment: a sale, a hold, a capture, a refund.'),
('operations', 'account', 'The account''s name in the configuration.'),
('operations', 'gateway', 'The payment company''s system: ecommpay or ecomcharge.'),
('operations', 'payment_id', 'The payment it belongs to.'),
('operations', 'operation_id', 'The gateway''s key of it: ecommpay operation.id; eComCharge the transaction''s uid.'),
('operations', 'parent_id', 'eComCharge: the uid of the transaction it belongs to; NULL for a root.'),
('operations', 'kind', 'What it does to the money: payment, authorization, recurring, capture, void, refund, refund_reversal, chargeback, payout, manual_change, other (moves none), unknown (a type that we do not know).'),
('operations', 'type', 'The gateway''s word for its type, such as sale, refund, capture.'),
('operations', 'status', 'The gateway''s own word for how it stands, kept as sent.'),
('operations', 'state', 'pending, succeeded, failed, cancelled, expired or unknown.'),
('operations', 'amount_minor', 'Its own amount in whole minor units.'),
('operations', 'amount', 'The same as decimal text by the currency''s exponent.'),
('operations', 'currency', 'ISO 4217 letters as the gateway sent them.'),
('operations', 'code', 'The gateway''s result code.'),
('operations', 'decline', 'What kind of refusal the code is: soft, hard, risk or technical; NULL if it is none, or not in the gateway''s list.'),
('operations', 'rrn', 'The retrieval reference number of the card networks.'),
('operations', 'auth_code', 'The code by which the buyer''s bank approved it.'),
('operations', 'receipt_url', 'Where the gateway shows its receipt.'),
('operations', 'message', 'The text that belongs to the code; for people.'),
('operations', 'test', '1 if the gateway marks it as a test, 0 if as real, NULL if it does not say.'),
('operations', 'first_seen_at', 'When Paystate first heard of it (UTC).'),
('operations', 'updated_at', 'When Paystate last changed what it believes of it (UTC).'),
('operations', 'gateway_created_at', 'The gateway''s time of its creation (UTC).'),
('operations', 'gateway_updated_at', 'The gateway''s time of what is believed (UTC).'),
('operations', 'reconciliation', 'scheduled, done or unresolved, where it is asked about by its own id.'),
('operations', 'next_poll_at', 'When the gateway is asked next about it by its own id (UTC).');
