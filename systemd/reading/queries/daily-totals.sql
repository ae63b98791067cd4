-- How much came in, day by day?
-- A day (UTC) holds what Paystate learned on it, so a day that is over stays as it is; a success that was taken back by hand
-- counts as minus on that day. Tests and payouts do not count. Reads every transition.
WITH standing AS (
    SELECT seq, account, payment_id, substr(recorded_at, 1, 10) AS day, payments.currency,
           to_state IN ('succeeded', 'partially_refunded', 'refunded', 'charged_back') AS counts,
           to_state = 'charged_back' AS is_charged_back, captured_minor AS paid, coalesce(transitions.refunded_minor, 0) AS refunded
    FROM transitions JOIN payments USING (account, payment_id)
    WHERE entity = 'payment' AND payments.test IS NOT 1
), change AS (
    SELECT day, account, currency,
           counts - lag(counts, 1, 0) OVER past AS payments,
           counts * paid - lag(counts * paid, 1, 0) OVER past AS paid,
           counts * refunded - lag(counts * refunded, 1, 0) OVER past AS refunded,
           is_charged_back * (paid - refunded) - lag(is_charged_back * (paid - refunded), 1, 0) OVER past AS charged_back
    FROM standing WINDOW past AS (PARTITION BY account, payment_id ORDER BY seq)
)
SELECT day, account, currency, sum(payments) AS payments, sum(paid) AS paid_minor, sum(refunded) AS refunded_minor,
       sum(charged_back) AS charged_back_minor,
       printf('%.*f', exponent, sum(paid - refunded - charged_back) * 1.0 / minor_units) AS net
FROM change LEFT JOIN currencies ON code = currency
WHERE day >= coalesce(:from, '')
GROUP BY day, account, currency
HAVING max(abs(paid) + abs(refunded) + abs(charged_back)) > 0
ORDER BY day DESC, account, currency;
