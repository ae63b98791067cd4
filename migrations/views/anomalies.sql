CREATE VIEW anomalies AS
SELECT anomaly.id AS id, anomaly.kind AS kind, anomaly.severity AS severity, account.name AS account,
       payment.payment_id AS payment_id, checkout.token AS checkout_token, anomaly.detail AS detail,
       anomaly.source || ':' || anomaly.evidence AS evidence_id,
       paystate_time(anomaly.opened_at) AS opened_at,
       paystate_time(anomaly.closed_at) AS closed_at,
       anomaly.resolution AS resolution, 'operator:' || anomaly.acknowledged AS acknowledged_by,
       subscription.subscription_id AS subscription_id
FROM anomaly
JOIN account ON account.id = anomaly.account
LEFT JOIN payment ON payment.id = anomaly.payment
LEFT JOIN checkout ON checkout.id = anomaly.checkout
LEFT JOIN subscription ON subscription.id = anomaly.subscription;

INSERT INTO schema_doc (object, "column", description) VALUES
('anomalies', '', 'Contradictions and surprises that a person may want to see; never silently resolved.'),
('anomalies', 'id', 'The number of the anomaly.'),
('anomalies', 'kind', 'regression, unknown_status, unknown_type, amount_mismatch, currency_mismatch, inconsistent_sums, conflict, undecodable, foreign_answer, unresolved, late_success, manual_correction, ambiguous_signature or undelivered.'),
('anomalies', 'severity', 'alarm (a person should look) or notice.'),
('anomalies', 'account', 'The account''s name in the configuration.'),
('anomalies', 'payment_id', 'The payment concerned, if there is one.'),
('anomalies', 'checkout_token', 'The checkout concerned, if there is one.'),
('anomalies', 'detail', 'What happened, in words.'),
('anomalies', 'evidence_id', 'The evidence that opened it: callback:N, poll:N or operator:N.'),
('anomalies', 'opened_at', 'When it was opened (UTC).'),
('anomalies', 'closed_at', 'When it was closed (UTC); NULL while it is open. Notices are born closed.'),
('anomalies', 'resolution', 'How it was settled, in words.'),
('anomalies', 'acknowledged_by', 'operator:N: the instruction by which a person closed it; NULL where evidence did.'),
('anomalies', 'subscription_id', 'The subscription concerned, if there is one.');
