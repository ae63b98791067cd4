-- Is order X paid? One row for each of the merchant's own references and currency: a payment that names no currency yet is counted
-- with what its order has. Where payment_id is the merchant's own name it is the reference, unless `watch` was told another.
-- Real purchases speak for an order: tests, verifications, payouts and transfers do only where there is nothing else.
--
-- Windows and not GROUP BY, because SQLite hands a reference that is looked for on to the indexes through these alone. Sums are
-- added in two halves, because sum() fails where they do not fit into 64 bits.
CREATE VIEW orders AS
SELECT account.name AS account, reference,
       CASE substr(best, 2, 1)
           WHEN '0' THEN 'succeeded' WHEN '1' THEN 'partially_refunded' WHEN '2' THEN 'authorized' WHEN '3' THEN 'pending'
           WHEN '4' THEN 'unknown' WHEN '5' THEN 'refunded' WHEN '6' THEN 'charged_back' WHEN '7' THEN 'cancelled'
           WHEN '8' THEN 'expired' ELSE 'failed' END AS state,
       paid, payments,
       CASE WHEN captured_high + (captured_low >> 32) > 2147483647 THEN 9223372036854775807
            WHEN captured_high + (captured_low >> 32) < -2147483648 THEN -9223372036854775807 - 1
            ELSE ((captured_high + (captured_low >> 32)) << 32) | (captured_low & 4294967295) END AS paid_minor,
       CASE WHEN refunded_high + (refunded_low >> 32) > 2147483647 THEN 9223372036854775807
            WHEN refunded_high + (refunded_low >> 32) < -2147483648 THEN -9223372036854775807 - 1
            ELSE ((refunded_high + (refunded_low >> 32)) << 32) | (refunded_low & 4294967295) END AS refunded_minor,
       CASE WHEN charged_back_high + (charged_back_low >> 32) > 2147483647 THEN 9223372036854775807
            WHEN charged_back_high + (charged_back_low >> 32) < -2147483648 THEN -9223372036854775807 - 1
            ELSE ((charged_back_high + (charged_back_low >> 32)) << 32) | (charged_back_low & 4294967295) END AS charged_back_minor,
       CASE WHEN balance_high + (balance_low >> 32) > 2147483647 THEN 9223372036854775807
            WHEN balance_high + (balance_low >> 32) < -2147483648 THEN -9223372036854775807 - 1
            ELSE ((balance_high + (balance_low >> 32)) << 32) | (balance_low & 4294967295) END AS balance_minor,
       currency, test, paystate_time(updated_at) AS updated_at, substr(speaker, 4) AS payment_id
FROM (
    SELECT DISTINCT account_id, reference, currency, min(rank) OVER same AS best,
           min((1 - paid) || rank || payment_id) OVER same AS speaker, max(paid) OVER same AS paid,
           count(*) OVER same AS payments,
           CAST(sum(counts * (captured_minor >> 32)) OVER same AS bigint) AS captured_high,
           CAST(sum(counts * (captured_minor & 4294967295)) OVER same AS bigint) AS captured_low,
           CAST(sum(counts * (refunded_minor >> 32)) OVER same AS bigint) AS refunded_high,
           CAST(sum(counts * (refunded_minor & 4294967295)) OVER same AS bigint) AS refunded_low,
           CAST(sum(counts * (charged_back_minor >> 32)) OVER same AS bigint) AS charged_back_high,
           CAST(sum(counts * (charged_back_minor & 4294967295)) OVER same AS bigint) AS charged_back_low,
           CAST(sum(counts * (balance_minor >> 32)) OVER same AS bigint) AS balance_high,
           CAST(sum(counts * (balance_minor & 4294967295)) OVER same AS bigint) AS balance_low,
           min(coalesce(test, 0)) OVER same AS test, max(updated_at) OVER same AS updated_at
    FROM (
        SELECT account AS account_id, reference,
               -- One that names no currency, and moved nothing, stands with the others; what moved is never put under a guessed one.
               CASE WHEN currency IS NOT NULL OR captured_minor <> 0 OR refunded_minor <> 0 OR charged_back_minor <> 0 THEN currency
                    ELSE coalesce(expected_currency, max(coalesce(currency, expected_currency)) OVER (PARTITION BY account, reference))
                    END AS currency,
               CASE WHEN coalesce(test, 0) = 1 THEN '2' WHEN purpose = 'purchase' OR purpose = 'unknown' THEN '0' ELSE '1' END
               || CASE state
                  WHEN 'succeeded' THEN '0' WHEN 'partially_refunded' THEN '1' WHEN 'authorized' THEN '2' WHEN 'pending' THEN '3'
                  WHEN 'unknown' THEN '4' WHEN 'refunded' THEN '5' WHEN 'charged_back' THEN '6' WHEN 'cancelled' THEN '7'
                  WHEN 'expired' THEN '8' ELSE '9' END AS rank, payment_id,
               CASE WHEN purpose = 'purchase' AND coalesce(test, 0) = 0 AND (state = 'succeeded' OR state = 'partially_refunded') AND balance_minor > 0
                    AND NOT EXISTS (SELECT 1 FROM anomaly WHERE anomaly.payment = named.id AND closed_at IS NULL
                                    AND (kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums'
                                         OR kind = 'conflict' OR (kind = 'regression' AND named.held = 1))) THEN 1 ELSE 0 END AS paid,
               CASE WHEN purpose = 'purchase' AND coalesce(test, 0) = 0 THEN 1 ELSE 0 END AS counts,
               captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
        FROM (
            SELECT reference AS reference, id, account, payment_id, currency, expected_currency, purpose, state, held,
                   captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
            FROM payment WHERE reference IS NOT NULL AND merged_into IS NULL
            UNION ALL
            SELECT watched_reference AS reference, id, account, payment_id, currency, expected_currency, purpose, state, held,
                   captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
            FROM payment WHERE watched_reference IS NOT NULL AND (reference IS NULL OR reference <> watched_reference) AND merged_into IS NULL
            UNION ALL
            SELECT payment_id AS reference, id, account, payment_id, currency, expected_currency, purpose, state, held,
                   captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
            FROM payment WHERE reference IS NULL AND watched_reference IS NULL AND (SELECT folded = 0 FROM account WHERE account.id = payment.account) AND merged_into IS NULL
        ) AS named
    ) AS ranked
    WINDOW same AS (PARTITION BY account_id, reference, currency)
) AS summed
JOIN account ON account.id = account_id;

INSERT INTO schema_doc (object, "column", description) VALUES
('orders', '', 'One row for each of the merchant''s own references and currency: is order X paid? Sums are those of its real purchases.'),
('orders', 'account', 'The account''s name in the configuration.'),
('orders', 'reference', 'The merchant''s own name for the order.'),
('orders', 'state', 'The best of its payments'' states: succeeded, partially_refunded, authorized, pending, unknown, refunded, charged_back, cancelled, expired, failed. Tests, verifications, payouts and transfers speak for it only where there is nothing else.'),
('orders', 'paid', '1 if any of its real purchases is paid; see payments.paid.'),
('orders', 'payments', 'How many payments it has, of any kind.'),
('orders', 'paid_minor', 'What was captured or paid in all by its real purchases, gross, before refunds and chargebacks, in minor units.'),
('orders', 'refunded_minor', 'What of that went back, in minor units.'),
('orders', 'charged_back_minor', 'What of that the buyers'' banks took back, in minor units.'),
('orders', 'balance_minor', 'What the merchant has of it, in minor units.'),
('orders', 'currency', 'ISO 4217 letters; an order in several currencies has a row for each.'),
('orders', 'test', '1 if there is nothing but tests.'),
('orders', 'updated_at', 'When the last of its payments changed (UTC).'),
('orders', 'payment_id', 'The payment that speaks for the order: one that is paid, else the best of them.');
