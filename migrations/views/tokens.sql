-- What several payments were made with is told as the last that was made left it.
CREATE VIEW tokens AS
SELECT account.name AS account, kind, token, customer_id, reference, payment_id, card_brand, card_last_4, expires_on,
       paystate_time(updated_at) AS updated_at, test
FROM (
    SELECT account_id, kind, token, customer_id, reference, payment_id, card_brand, card_last_4, expires_on, updated_at, test,
           row_number() OVER (PARTITION BY account_id, kind, token ORDER BY told_at DESC, coalesce(payment_id, '') DESC) AS place
    FROM (
        SELECT account AS account_id, 'card' AS kind, card_token AS token, customer_id,
               CASE (SELECT folded FROM account WHERE account.id = payment.account)
                   WHEN 0 THEN coalesce(watched_reference, reference, payment_id)
                   ELSE coalesce(reference, watched_reference) END AS reference,
               payment_id, card_brand, card_last_4, card_expiry AS expires_on, first_seen_at AS told_at, updated_at,
               coalesce(test, 0) AS test
        FROM payment WHERE card_token IS NOT NULL AND merged_into IS NULL
        UNION ALL
        SELECT account, 'recurring', recurring_id, customer_id,
               CASE (SELECT folded FROM account WHERE account.id = payment.account)
                   WHEN 0 THEN coalesce(watched_reference, reference, payment_id)
                   ELSE coalesce(reference, watched_reference) END,
               payment_id, card_brand, card_last_4, recurring_expires_on, first_seen_at, updated_at, coalesce(test, 0)
        FROM payment WHERE recurring_id IS NOT NULL AND merged_into IS NULL
        UNION ALL
        SELECT account, kind, token, customer_id, reference, payment_id, card_brand, card_last_4, expires_on, updated_at, updated_at, 0
        FROM token
    ) AS told
) AS ranked
JOIN account ON account.id = ranked.account_id
WHERE place = 1;

INSERT INTO schema_doc (object, "column", description) VALUES
('tokens', '', 'What the next charge of the same buyer needs: stored cards, recurring registrations, subscriptions. They stay when bodies are emptied.'),
('tokens', 'account', 'The account''s name in the configuration.'),
('tokens', 'kind', 'card, recurring or subscription.'),
('tokens', 'token', 'The gateway''s own word by which it is charged.'),
('tokens', 'customer_id', 'The merchant''s name for the buyer, where the gateway says it.'),
('tokens', 'reference', 'The merchant''s own name for the order that brought it.'),
('tokens', 'payment_id', 'The payment that brought it.'),
('tokens', 'card_brand', 'The card''s brand in the gateway''s word.'),
('tokens', 'card_last_4', 'The last four digits of the card''s number.'),
('tokens', 'expires_on', 'When it expires: a month such as 2030-01, or a day.'),
('tokens', 'updated_at', 'When the payment that brought it last changed, or it was last told of by itself (UTC).'),
('tokens', 'test', '1 if a test payment brought it: it charges nobody.');
