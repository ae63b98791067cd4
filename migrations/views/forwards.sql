CREATE VIEW forwards AS
SELECT forward.id AS id, account.name AS account, target.name AS target, forward.callback AS callback_id,
       payment.payment_id AS payment_id, forward.state AS state, forward.attempts AS attempts,
       paystate_time(forward.next_attempt_at) AS next_attempt_at, forward.last_status AS last_status,
       forward.last_error AS last_error, paystate_time(forward.delivered_at) AS delivered_at,
       paystate_time(forward.first_attempt_at) AS first_attempt_at, paystate_time(forward.created_at) AS created_at
FROM forward
JOIN target ON target.id = forward.target
JOIN callback ON callback.id = forward.callback
JOIN account ON account.id = callback.account
LEFT JOIN payment ON payment.id = callback.payment;

INSERT INTO schema_doc (object, "column", description) VALUES
('forwards', '', 'Callbacks that are passed on as they came: a row for each target of their account. Rows go when retention empties the body.'),
('forwards', 'id', 'The number of the row.'),
('forwards', 'account', 'The account''s name in the configuration.'),
('forwards', 'target', 'The name of the target under forward: see targets.'),
('forwards', 'callback_id', 'The callback: callbacks.id.'),
('forwards', 'payment_id', 'The payment that the callback speaks of, if it names one.'),
('forwards', 'state', 'waiting, delivered (the target answered 2xx), or gave_up: nothing more is sent until `paystate deliver` says so.'),
('forwards', 'attempts', 'How often it was sent.'),
('forwards', 'next_attempt_at', 'When it is sent next (UTC); NULL where it does not wait, or waits for an earlier callback of its payment.'),
('forwards', 'last_status', 'The HTTP status of the last answer; NULL where there was none.'),
('forwards', 'last_error', 'Why the last attempt failed, in words; NULL where it did not.'),
('forwards', 'delivered_at', 'When the target accepted it (UTC).'),
('forwards', 'first_attempt_at', 'The first attempt since it was last ordered (UTC): giving up is reckoned from it.'),
('forwards', 'created_at', 'When the callback was recorded, or was ordered to be passed on (UTC).');
