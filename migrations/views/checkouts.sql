CREATE VIEW checkouts AS
SELECT account.name AS account, checkout.token AS token,
       coalesce(checkout.reference, checkout.watched_reference) AS reference, checkout.status AS status,
       checkout.state AS state, checkout.finished AS finished, checkout.expired AS expired, checkout.test AS test,
       checkout.amount_minor AS amount_minor, checkout.currency AS currency, checkout.payment_id AS payment_id,
       paystate_time(checkout.expires_at) AS expires_at,
       paystate_time(checkout.first_seen_at) AS first_seen_at,
       paystate_time(checkout.updated_at) AS updated_at,
       checkout.reconciliation AS reconciliation,
       paystate_time(checkout.next_poll_at) AS next_poll_at,
       checkout.expected_amount_minor AS expected_amount_minor, checkout.expected_currency AS expected_currency
FROM checkout
JOIN account ON account.id = checkout.account;

INSERT INTO schema_doc (object, "column", description) VALUES
('checkouts', '', 'An eComCharge payment token: the page on which a buyer may pay.'),
('checkouts', 'account', 'The account''s name in the configuration.'),
('checkouts', 'token', 'The payment token.'),
('checkouts', 'reference', 'The merchant''s tracking_id, else what watch was told.'),
('checkouts', 'status', 'The gateway''s word; error with «Gateway response not found.» means that nobody has paid yet.'),
('checkouts', 'state', 'pending until it is finished with success, or a payment that it led to succeeded (succeeded), or it expired (expired).'),
('checkouts', 'finished', '1 once the payment system processed a transaction of it.'),
('checkouts', 'expired', '1 once the time for paying ran out.'),
('checkouts', 'test', '1 if the gateway marks it as a test, 0 if as real, NULL if it does not say.'),
('checkouts', 'amount_minor', 'The order''s total in whole minor units, with surcharges.'),
('checkouts', 'currency', 'ISO 4217 letters as the gateway sent them.'),
('checkouts', 'payment_id', 'The payment that it led to.'),
('checkouts', 'expires_at', 'Until when it may be paid, as the gateway says (UTC).'),
('checkouts', 'first_seen_at', 'When Paystate first heard of it (UTC).'),
('checkouts', 'updated_at', 'When Paystate last changed what it believes of it (UTC).'),
('checkouts', 'reconciliation', 'scheduled, done or unresolved.'),
('checkouts', 'next_poll_at', 'When the gateway is asked next about it (UTC).'),
('checkouts', 'expected_amount_minor', 'The amount that watch was told to expect of its payment, in minor units.'),
('checkouts', 'expected_currency', 'The currency that watch was told to expect of its payment.');
