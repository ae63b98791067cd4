CREATE VIEW transitions AS
SELECT transition.seq AS seq, account.name AS account, payment.payment_id AS payment_id,
       transition.operation_id AS operation_id,
       CASE WHEN transition.checkout IS NOT NULL THEN 'checkout' WHEN transition.subscription IS NOT NULL THEN 'subscription'
            WHEN transition.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, transition.operation_id, payment.payment_id) AS entity_id,
       transition.from_status AS from_status, transition.to_status AS to_status, transition.from_state AS from_state,
       transition.to_state AS to_state, transition.source AS source,
       transition.source || ':' || transition.evidence AS evidence_id,
       paystate_time(transition.gateway_time) AS gateway_time,
       transition.kind AS kind, transition.amount_minor AS amount_minor, transition.held_minor AS held_minor,
       transition.captured_minor AS captured_minor, transition.refunded_minor AS refunded_minor,
       transition.charged_back_minor AS charged_back_minor, transition.paid_out_minor AS paid_out_minor,
       transition.currency AS currency,
       CASE account.folded WHEN 0 THEN coalesce(payment.watched_reference, payment.reference, payment.payment_id)
           ELSE coalesce(payment.reference, payment.watched_reference) END AS reference,
       payment.test AS test, transition.moved_minor AS moved_minor,
       paystate_time(transition.recorded_at) AS recorded_at
FROM transition
JOIN account ON account.id = transition.account
LEFT JOIN payment ON payment.id = transition.payment
LEFT JOIN checkout ON checkout.id = transition.checkout
LEFT JOIN subscription ON subscription.id = transition.subscription;

INSERT INTO schema_doc (object, "column", description) VALUES
('transitions', '', 'Every change of status, amount or sum, append-only: the change feed. Keep the last seq you have seen.'),
('transitions', 'seq', 'The place in the feed: without gaps, in the order of commits.'),
('transitions', 'account', 'The account''s name in the configuration.'),
('transitions', 'payment_id', 'The payment it belongs to; NULL for checkouts and subscriptions.'),
('transitions', 'operation_id', 'The operation that changed; NULL where the payment itself did.'),
('transitions', 'entity', 'What changed: payment, operation, checkout or subscription.'),
('transitions', 'entity_id', 'The gateway''s key of what changed.'),
('transitions', 'from_status', 'The gateway''s word before; NULL where there was none.'),
('transitions', 'to_status', 'The gateway''s word since.'),
('transitions', 'from_state', 'The state before; NULL where this is how we came to know of it.'),
('transitions', 'to_state', 'The state since.'),
('transitions', 'source', 'Who brought it: callback, poll or operator.'),
('transitions', 'evidence_id', 'callback:N, poll:N or operator:N: the row that proves it.'),
('transitions', 'gateway_time', 'The gateway''s own time of it (UTC).'),
('transitions', 'kind', 'Of an operation its kind; of a payment what moved: capture, refund, refund_reversal, chargeback or payout; NULL where nothing did.'),
('transitions', 'amount_minor', 'The amount of what changed, since then, in minor units.'),
('transitions', 'held_minor', 'What was held since then, in minor units; NULL for all but payments, as with the sums that follow.'),
('transitions', 'captured_minor', 'What had been taken since then, before refunds, in minor units.'),
('transitions', 'refunded_minor', 'What had gone back since then, in minor units.'),
('transitions', 'charged_back_minor', 'What the buyer''s bank had taken back since then, in minor units.'),
('transitions', 'paid_out_minor', 'What had been sent to the customer since then, in minor units.'),
('transitions', 'currency', 'ISO 4217 letters of the amounts, as they were then.'),
('transitions', 'reference', 'The merchant''s own name for the payment, as it is known now.'),
('transitions', 'test', '1 if the gateway marks the payment as a test, 0 if as real, NULL if it does not say.'),
('transitions', 'moved_minor', 'What this changed in the balance, in minor units, signed; a payout counts against the merchant. NULL: nothing moved. Book from entries.'),
('transitions', 'recorded_at', 'When it was recorded (UTC).');
