CREATE VIEW polls AS
SELECT poll.id AS id, account.name AS account,
       CASE WHEN poll.checkout IS NOT NULL THEN 'checkout' WHEN poll.subscription IS NOT NULL THEN 'subscription'
            WHEN poll.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, poll.operation_id, payment.payment_id) AS entity_id,
       paystate_time(poll.asked_at) AS asked_at,
       paystate_time(poll.answered_at) AS answered_at,
       poll.http_status AS http_status, poll.outcome AS outcome, poll.rule AS rule, poll.body AS body,
       poll.status AS status, poll.endpoint AS endpoint, poll.detail AS detail, poll.size AS size,
       poll.digest AS digest
FROM poll
JOIN account ON account.id = poll.account
LEFT JOIN payment ON payment.id = poll.payment
LEFT JOIN checkout ON checkout.id = poll.checkout
LEFT JOIN subscription ON subscription.id = poll.subscription;

INSERT INTO schema_doc (object, "column", description) VALUES
('polls', '', 'Every question to a gateway''s status endpoint, with its answer.'),
('polls', 'id', 'The number of the question; evidence_id poll:N points here.'),
('polls', 'account', 'The account''s name in the configuration.'),
('polls', 'entity', 'What was asked about: payment, operation, checkout or subscription.'),
('polls', 'entity_id', 'The gateway''s key of it.'),
('polls', 'asked_at', 'When the question was sent (UTC).'),
('polls', 'answered_at', 'When the answer came (UTC); NULL if none came.'),
('polls', 'http_status', 'The HTTP status of the answer; NULL if none came.'),
('polls', 'outcome', 'applied, unchanged, late, unrecognised, not_found, unauthorized, rate_limited, unavailable, undecodable or foreign.'),
('polls', 'rule', 'The row of the table of evidence that decided; NULL where none was asked.'),
('polls', 'body', 'The bytes of the answer; NULL once retention emptied it. Of one that cannot be believed: at most the first 4096 bytes, of one answer an hour for each thing that is asked about.'),
('polls', 'status', 'The gateway''s own word in the answer.'),
('polls', 'endpoint', 'The endpoint that gave the answer, such as payment/status, transactions, beyag/payments.'),
('polls', 'detail', 'Why there is no answer, or none that can be believed, or what of it was left out, in words.'),
('polls', 'size', 'Of an answer that cannot be believed: how many bytes came; NULL for any other.'),
('polls', 'digest', 'Of an answer that cannot be believed: the SHA-256 of all its bytes; NULL for any other.');
