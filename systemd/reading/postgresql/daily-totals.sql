-- How much came in, day by day?
-- A day (UTC) holds what Paystate learned on it, so a day that is over stays as it is: a refund, a chargeback, or a success that
-- was taken back counts on its own day. Payouts stand apart: they are no part of `net`. Tests do not count. Reads every transition.
WITH moved AS (
    SELECT substr(recorded_at, 1, 10) AS day, account, currency, replace(kind, '_reversal', '') AS kind, amount_minor
    FROM entries WHERE test = 0 AND recorded_at >= coalesce(:from, '')
), totals AS (
    SELECT day, account, currency,
           coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture'), 0) AS captured_minor,
           coalesce(-sum(amount_minor) FILTER (WHERE kind = 'refund'), 0) AS refunded_minor,
           coalesce(-sum(amount_minor) FILTER (WHERE kind = 'chargeback'), 0) AS charged_back_minor,
           coalesce(sum(amount_minor) FILTER (WHERE kind <> 'payout'), 0) AS net_minor,
           coalesce(-sum(amount_minor) FILTER (WHERE kind = 'payout'), 0) AS paid_out_minor
    FROM moved GROUP BY 1, 2, 3
)
SELECT day, account, currency, captured_minor, refunded_minor, charged_back_minor, net_minor,
       CAST(round(net_minor / 10::numeric ^ CAST(exponent AS int), CAST(exponent AS int)) AS text) AS net,
       paid_out_minor
FROM totals LEFT JOIN currencies ON code = currency
ORDER BY day DESC, account, currency;
