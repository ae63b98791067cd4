-- What several payments were made with is told as the last that was made left it: a row of `told` is left out where another tells of
-- the same token later. So a token that is looked for is handed on to an index wherever it comes from; for the same reason the three
-- places where one may stand are told apart only after them, and give another column for what they do not have, for both
-- engines join by an index only where the types of all three are the very same.
CREATE VIEW tokens AS
SELECT account.name AS account, CASE told.way WHEN 1 THEN 'card' WHEN 2 THEN 'recurring' ELSE told.kind END AS kind, told.token AS token,
       told.customer_id AS customer_id,
       CASE WHEN told.way = 3 THEN told.reference
            WHEN account.folded = 0 THEN coalesce(told.watched_reference, told.reference, told.payment_id)
            ELSE coalesce(told.reference, told.watched_reference) END AS reference,
       told.payment_id AS payment_id, told.card_brand AS card_brand, told.card_last_4 AS card_last_4, told.expires_on AS expires_on,
       paystate_time(told.updated_at) AS updated_at, CASE told.way WHEN 3 THEN 0 ELSE coalesce(told.test, 0) END AS test
FROM (
    SELECT 1 AS way, account AS account_id, card_token AS token, card_token AS kind, customer_id, reference, watched_reference, payment_id,
           card_brand, card_last_4, card_expiry AS expires_on, first_seen_at AS told_at, updated_at,
           CAST(test AS bigint) AS test, merged_into
    FROM payment
    UNION ALL
    SELECT 2, account, recurring_id, recurring_id, customer_id, reference, watched_reference, payment_id,
           card_brand, card_last_4, recurring_expires_on, first_seen_at, updated_at,
           CAST(test AS bigint), merged_into
    FROM payment
    UNION ALL
    SELECT 3, account, token, CAST(kind AS text), customer_id, reference, reference, payment_id,
           card_brand, card_last_4, expires_on, updated_at, updated_at, updated_at, updated_at
    FROM token
) AS told
JOIN account ON account.id = told.account_id
WHERE told.token IS NOT NULL AND (told.way = 3 OR told.merged_into IS NULL)
  AND NOT EXISTS (
      SELECT 1 FROM payment AS later
      WHERE later.card_token = CASE WHEN told.way = 1 OR (told.way = 3 AND told.kind = 'card') THEN told.token END
        AND later.account = told.account_id AND later.merged_into IS NULL AND later.first_seen_at >= told.told_at
        AND (later.first_seen_at > told.told_at OR later.payment_id > coalesce(told.payment_id, '')
             OR (told.way = 3 AND later.payment_id = told.payment_id)))
  AND NOT EXISTS (
      SELECT 1 FROM payment AS later
      WHERE later.recurring_id = CASE WHEN told.way = 2 OR (told.way = 3 AND told.kind = 'recurring') THEN told.token END
        AND later.account = told.account_id AND later.merged_into IS NULL AND later.first_seen_at >= told.told_at
        AND (later.first_seen_at > told.told_at OR later.payment_id > coalesce(told.payment_id, '')
             OR (told.way = 3 AND later.payment_id = told.payment_id)))
  AND NOT EXISTS (
      SELECT 1 FROM token AS later
      WHERE later.account = told.account_id AND later.token = told.token
        AND later.kind = CASE told.way WHEN 1 THEN 'card' WHEN 2 THEN 'recurring' END
        AND (later.updated_at > told.told_at
             OR (later.updated_at = told.told_at AND coalesce(later.payment_id, '') > coalesce(told.payment_id, ''))));

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
