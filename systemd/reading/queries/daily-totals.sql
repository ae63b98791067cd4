-- How much came in, day by day?
-- A day (UTC) holds what Paystate learned on it, so a day that is over stays as it is: a refund, a chargeback, or a success that
-- was taken back counts on its own day. Payouts stand apart: they are no part of `net`. Tests do not count. Reads every transition.
WITH half AS (  -- In two halves, because sum() fails where a sum does not fit into 64 bits.
    SELECT substr(recorded_at, 1, 10) AS day, account, currency, replace(kind, '_reversal', '') AS kind,
           sum(amount_minor >> 32) AS high, sum(amount_minor & 4294967295) AS low
    FROM entries WHERE test = 0 AND recorded_at >= coalesce(:from, '')
    GROUP BY 1, 2, 3, 4
), total AS (
    SELECT day, account, currency, kind,
           CASE WHEN high + (low >> 32) > 2147483647 THEN 9223372036854775807
                WHEN high + (low >> 32) <= -2147483648 THEN -9223372036854775807
                ELSE ((high + (low >> 32)) << 32) | (low & 4294967295) END AS minor
    FROM (SELECT * FROM half
          UNION ALL
          SELECT day, account, currency, 'net', sum(high), sum(low) FROM half WHERE kind <> 'payout' GROUP BY 1, 2, 3)
), totals AS (
    SELECT day, account, currency,
           coalesce(max(minor) FILTER (WHERE kind = 'capture'), 0) AS captured_minor,
           coalesce(-max(minor) FILTER (WHERE kind = 'refund'), 0) AS refunded_minor,
           coalesce(-max(minor) FILTER (WHERE kind = 'chargeback'), 0) AS charged_back_minor,
           coalesce(max(minor) FILTER (WHERE kind = 'net'), 0) AS net_minor,
           coalesce(-max(minor) FILTER (WHERE kind = 'payout'), 0) AS paid_out_minor
    FROM total GROUP BY 1, 2, 3
)
SELECT day, account, currency, captured_minor, refunded_minor, charged_back_minor, net_minor,
       CASE WHEN exponent = 0 THEN CAST(net_minor AS TEXT)
            WHEN exponent > 0 THEN substr('-', 1, net_minor < 0)
                || printf('%d.%0*d', abs(net_minor) / minor_units, exponent, abs(net_minor) % minor_units) END AS net,
       paid_out_minor
FROM totals LEFT JOIN currencies ON code = currency
ORDER BY day DESC, account, currency;
