CREATE VIEW instructions AS
SELECT instruction.id AS id, account.name AS account,
       paystate_time(instruction.given_at) AS given_at,
       instruction.command AS command,
       CASE WHEN instruction.checkout IS NOT NULL THEN 'checkout' WHEN instruction.subscription IS NOT NULL THEN 'subscription'
            WHEN instruction.operation_id IS NOT NULL THEN 'operation' WHEN instruction.callback IS NOT NULL THEN 'callback'
            ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, instruction.operation_id, CAST(instruction.callback AS text),
                payment.payment_id) AS entity_id,
       instruction.reference AS reference, instruction.amount_minor AS amount_minor, instruction.currency AS currency,
       instruction.kind AS kind, instruction.note AS note
FROM instruction
JOIN account ON account.id = instruction.account
LEFT JOIN payment ON payment.id = instruction.payment
LEFT JOIN checkout ON checkout.id = instruction.checkout
LEFT JOIN subscription ON subscription.id = instruction.subscription;

INSERT INTO schema_doc (object, "column", description) VALUES
('instructions', '', 'What a person, or a program in their name, told Paystate: to watch, to ask about something, or that an anomaly is cleared up.'),
('instructions', 'id', 'The number of the instruction; evidence_id operator:N points here.'),
('instructions', 'account', 'The account''s name in the configuration.'),
('instructions', 'given_at', 'When it was given (UTC).'),
('instructions', 'command', 'watch, poll or acknowledge.'),
('instructions', 'entity', 'What it is about: payment, operation, checkout, subscription, or the callback that an anomaly is about.'),
('instructions', 'entity_id', 'The gateway''s key of it.'),
('instructions', 'reference', 'The reference that watch was told.'),
('instructions', 'amount_minor', 'The amount that watch was told to expect, in minor units.'),
('instructions', 'currency', 'The currency that watch was told to expect.'),
('instructions', 'kind', 'acknowledge: the kind of the anomaly that was closed.'),
('instructions', 'note', 'acknowledge: what the person noted.');
