-- How much came in, day by day?
-- A day (UTC) holds what Paystate learned on it, so a day that is over stays as it is: a refund, a chargeback, or a success that
-- was taken back counts on its own day (but several captures on that of the first). Tests and payouts do not count. Reads every
-- transition.
WITH standing AS (
    SELECT seq, account, payment_id, substr(recorded_at, 1, 10) AS day, payments.currency,
           to_state IN ('succeeded', 'partially_refunded', 'refunded', 'charged_back') AS counts,
           to_state = 'charged_back' AS is_lost, coalesce(transitions.refunded_minor, 0) AS refunded,
           CASE WHEN captured_minor = 0 AND state IN ('failed', 'cancelled', 'expired') THEN coalesce(transitions.amount_minor, 0)
                ELSE captured_minor END AS paid
    FROM transitions JOIN payments USING (account, payment_id)
    WHERE entity = 'payment' AND payments.test IS NOT 1
), change AS (
    SELECT day, account, currency,
           counts - lag(counts, 1, 0) OVER past AS payments,
           counts * paid - lag(counts * paid, 1, 0) OVER past AS paid,
           counts * refunded - lag(counts * refunded, 1, 0) OVER past AS refunded,
           is_lost * (paid - refunded) - lag(is_lost * (paid - refunded), 1, 0) OVER past AS lost
    FROM standing WINDOW past AS (PARTITION BY account, payment_id ORDER BY seq)
)
SELECT day, account, currency, sum(payments) AS payments, sum(paid) AS paid_minor, sum(refunded) AS refunded_minor,
       sum(lost) AS charged_back_minor, sum(paid - refunded - lost) AS net_minor,
       printf('%.*f', exponent, sum(paid - refunded - lost) * 1.0 / minor_units) AS net
FROM change LEFT JOIN currencies ON code = currency
WHERE day >= coalesce(:from, '')
GROUP BY day, account, currency
HAVING max(abs(paid) + abs(refunded) + abs(lost)) > 0
ORDER BY day DESC, account, currency;
