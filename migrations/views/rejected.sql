CREATE VIEW rejected AS
SELECT rejection.id AS id, account.name AS account,
       paystate_time(rejection.received_at) AS received_at,
       rejection.remote_address AS remote_address, rejection.reason AS reason, rejection.size AS size,
       rejection.signature AS signature, rejection.body AS body
FROM rejection
JOIN account ON account.id = rejection.account;

INSERT INTO schema_doc (object, "column", description) VALUES
('rejected', '', 'Requests that were refused, kept within quotas so that a wrong key can be found and mended; never evidence.'),
('rejected', 'id', 'The number of the refusal.'),
('rejected', 'account', 'The account that it was sent to.'),
('rejected', 'received_at', 'When it came (UTC).'),
('rejected', 'remote_address', 'The sender''s address, behind trusted proxies the one they name.'),
('rejected', 'reason', 'unauthenticated, forged, foreign or malformed.'),
('rejected', 'size', 'The size of the body in bytes.'),
('rejected', 'signature', 'The Content-Signature header that came with it, if any.'),
('rejected', 'body', 'The bytes that came.');
