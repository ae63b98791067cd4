-- Which orders were paid more than once?
-- A row for each payment whose money is still there. One reference counts across accounts, and `why` says what is too much: several
-- payments, several sales within one payment, or more than was asked for. Renewals of subscriptions and ERIP requests that may be
-- paid many times do not count. Reads every payment and operation.
WITH sales AS (
    SELECT account, payment_id, max(amount_minor) AS largest FROM operations WHERE kind = 'payment' AND state = 'succeeded'
    GROUP BY account, payment_id HAVING count(*) > 1
), many AS (
    SELECT account, reference FROM subscriptions WHERE reference IS NOT NULL
    UNION
    SELECT account, reference FROM payments WHERE status = 'permanent' AND reference IS NOT NULL
), kept AS (
    SELECT account, payment_id, reference, amount_minor, balance_minor, currency, updated_at,
           type IS NOT DISTINCT FROM 'recurring' AS renews,
           count(*) FILTER (WHERE type IS DISTINCT FROM 'recurring' AND reference IS NOT NULL
                            AND (account, reference) NOT IN (SELECT account, reference FROM many)) OVER same AS payments,
           max(updated_at) OVER same AS newest
    FROM payments WHERE purpose = 'purchase' AND test IS DISTINCT FROM 1 AND balance_minor > 0
    WINDOW same AS (PARTITION BY reference)
)
SELECT reference,
       CASE WHEN payments > 1 THEN 'several payments' WHEN balance_minor > largest THEN 'several sales'
            ELSE 'more than was asked for' END AS why,
       account, payment_id, balance_minor, currency, amount_minor, updated_at
FROM kept LEFT JOIN sales USING (account, payment_id)
WHERE NOT renews AND (payments > 1 AND (account, reference) NOT IN (SELECT account, reference FROM many)
                      OR balance_minor > largest OR balance_minor > amount_minor)
ORDER BY newest DESC, reference NULLS FIRST, updated_at, payment_id LIMIT 500;
