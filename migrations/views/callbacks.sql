CREATE VIEW callbacks AS
SELECT callback.id AS id, account.name AS account,
       paystate_time(callback.received_at) AS received_at,
       paystate_time(callback.last_received_at) AS last_received_at,
       callback.deliveries AS deliveries, callback.remote_address AS remote_address, callback.verdict AS verdict,
       callback.form AS form, callback.key_id AS key_id, callback.status AS status, callback.detail AS detail,
       callback.effect AS effect, callback.rule AS rule, payment.payment_id AS payment_id,
       callback.operation_id AS operation_id, callback.digest AS digest, callback.body AS body,
       paystate_time(callback.reverified_at) AS reverified_at
FROM callback
JOIN account ON account.id = callback.account
LEFT JOIN payment ON payment.id = callback.payment;

INSERT INTO schema_doc (object, "column", description) VALUES
('callbacks', '', 'Every authentic callback with the bytes that came; the same bytes are one row.'),
('callbacks', 'id', 'The number of the callback; evidence_id callback:N points here.'),
('callbacks', 'account', 'The account''s name in the configuration.'),
('callbacks', 'received_at', 'When it first came (UTC).'),
('callbacks', 'last_received_at', 'When the same bytes last came (UTC).'),
('callbacks', 'deliveries', 'How often the same bytes came.'),
('callbacks', 'remote_address', 'The sender''s address, behind trusted proxies the one they name.'),
('callbacks', 'verdict', 'valid, or ambiguous: the signature is right but does not prove the structure of the body.'),
('callbacks', 'form', 'How it was proved: natural, bytes, lines (ecommpay''s signed text), signature, basic, signature+basic.'),
('callbacks', 'key_id', 'The secret or key that proved it, by its credential, file or env name, else its position; never the secret.'),
('callbacks', 'status', 'The gateway''s word in it.'),
('callbacks', 'detail', 'What was left out because it decides nothing and could not be read, or why the body cannot be read; it names places, never values.'),
('callbacks', 'effect', 'What it did to the payment: applied, unchanged, late, held, unrecognised, undecodable.'),
('callbacks', 'rule', 'The row of the table of evidence that decided, 1 to 12 (6 with unchanged: 6b); NULL where none was asked. See docs/evidence-rules.md.'),
('callbacks', 'payment_id', 'The payment that it speaks of.'),
('callbacks', 'operation_id', 'The last operation that it speaks of.'),
('callbacks', 'digest', 'SHA-256 of the body; kept when the body is emptied.'),
('callbacks', 'body', 'The bytes that came; NULL once retention emptied it.'),
('callbacks', 'reverified_at', 'It was refused when it came, and proved at this time, after a key was corrected (UTC); NULL: it was proved when it came.');
