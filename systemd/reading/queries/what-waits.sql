-- Which payments were given up, or should have been asked about by now?
-- The asking runs late while a gateway is in trouble: account_health says so. Reads every payment.
SELECT account, payment_id, reference, state, amount, currency, reconciliation, next_poll_at, last_poll_at, last_poll_outcome, polls
FROM payments
WHERE reconciliation = 'unresolved' OR next_poll_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 minute')
ORDER BY reconciliation DESC, next_poll_at LIMIT 500;
