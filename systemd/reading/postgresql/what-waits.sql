-- What was given up, or should have been asked about by now?
-- Payments (with their operations) and eComCharge's tokens. The asking runs late while a gateway is in trouble: account_health says
-- so. Reads every payment and checkout.
SELECT entity, account, id, reference, state, amount_minor, currency, reconciliation, next_poll_at, last_poll_outcome
FROM (
    SELECT 'payment' AS entity, account, payment_id AS id, reference, state, amount_minor, currency, reconciliation, next_poll_at,
           last_poll_outcome
    FROM payments
    UNION ALL
    SELECT 'checkout', account, token, reference, state, amount_minor, currency, reconciliation, next_poll_at, NULL FROM checkouts
) AS waiting
WHERE reconciliation = 'unresolved'
   OR next_poll_at < to_char(now() AT TIME ZONE 'UTC' - interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
ORDER BY reconciliation DESC, next_poll_at NULLS FIRST LIMIT 500;
