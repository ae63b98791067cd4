-- Which orders were paid more than once?
-- A row for each payment whose money is still there. One reference counts across accounts, and `why` says what is too much: several
-- payments, several sales within one payment, or more than was asked for. Renewals of subscriptions and ERIP requests that may be
-- paid many times do not count. Reads every payment.
WITH kept AS (
    SELECT *, sum(NOT repeats) OVER same AS payments, max(updated_at) OVER same AS newest
    FROM (
        SELECT account, payment_id, reference, amount_minor, balance_minor, currency, updated_at,
               type IS NOT 'recurring' AS is_single,
               reference IS NULL OR type IS 'recurring'
                   OR (account, reference) IN (SELECT account, reference FROM subscriptions WHERE reference IS NOT NULL)
                   OR (account, reference) IN (SELECT account, reference FROM payments
                                               WHERE status = 'permanent' AND reference IS NOT NULL) AS repeats
        FROM payments WHERE purpose = 'purchase' AND test IS NOT 1 AND balance_minor > 0
    )
    WINDOW same AS (PARTITION BY reference)
), judged AS (
    SELECT *, CASE
           WHEN payments > 1 AND NOT repeats THEN 'several payments'
           WHEN is_single AND (SELECT count(*) > 1 AND max(amount_minor) < kept.balance_minor FROM operations
                               WHERE operations.account = kept.account AND operations.payment_id = kept.payment_id
                                 AND kind = 'payment' AND state = 'succeeded') THEN 'several sales'
           WHEN is_single AND balance_minor > amount_minor THEN 'more than was asked for' END AS why
    FROM kept
)
SELECT reference, why, account, payment_id, balance_minor, currency, amount_minor, updated_at
FROM judged WHERE why IS NOT NULL ORDER BY newest DESC, reference, updated_at, payment_id LIMIT 500;
