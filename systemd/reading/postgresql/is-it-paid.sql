-- Is this order paid?
-- A row for each currency; `paid` is 1 where a real purchase of it is paid. `alarms` are the open ones about the money of
-- `payment_id`, the payment that speaks for the order.
SELECT account, currency, paid, state, paid_minor, refunded_minor, charged_back_minor, balance_minor, payments, test, payment_id,
       (SELECT string_agg(kind, ' ' ORDER BY id) FROM anomalies
        WHERE anomalies.account = orders.account AND anomalies.payment_id = orders.payment_id AND closed_at IS NULL
          AND kind IN ('amount_mismatch', 'currency_mismatch', 'inconsistent_sums', 'conflict', 'regression')) AS alarms
FROM orders WHERE reference = :reference ORDER BY account, currency;
