-- Which orders were paid more than once?
-- One of the payments is probably to be refunded. Reads every payment.
SELECT account, reference, count(*) AS payments, sum(captured_minor - refunded_minor) AS kept_minor, currency
FROM payments
WHERE state IN ('succeeded', 'partially_refunded') AND test IS NOT 1 AND reference IS NOT NULL
GROUP BY account, reference, currency HAVING count(*) > 1 ORDER BY max(updated_at) DESC LIMIT 500;
