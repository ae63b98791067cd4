-- Is order X paid? One row for each of the merchant's own references and currency: a payment that names no currency yet is counted
-- with what its order has. Where payment_id is the merchant's own name it is the reference, unless `watch` was told another.
-- Real purchases speak for an order: tests, verifications, payouts and transfers do only where there is nothing else.
--
-- A row is the payment that speaks for its order: the one with the lowest of `paid` turned round, rank and payment_id. So state, paid,
-- currency and test are its own, but for the state where a better payment is not paid. The others of the reference and currency are
-- looked up from there, by the same conditions each time, for what is counted and added up. No GROUP BY, window or DISTINCT stands
-- in the way of a reference that is looked for: it is handed on to an index wherever it comes from. The three places where one may
-- stand are told apart only after them, because PostgreSQL joins by an index only where these have no WHERE. Sums are added in two
-- halves, because sum() fails where they do not fit into 64 bits.
--
-- What the order has is looked up among all its payments, and must not be for each of them again. So `once` is a table of one row, which
-- its LIMIT keeps from being put in line, with what each other payment is compared with. The currency that the others share is left
-- out of it where it is seldom needed: where payments are counted it is a result of the same reading, and where a better one is looked
-- for it is asked for only if that names no currency itself (which is written as a bare '='). Sums do without: what names no currency
-- and moved nothing adds nothing, under whichever it is counted.
CREATE VIEW orders AS
SELECT ranked.account AS account, ranked.reference AS reference,
       CASE WHEN ranked.state = 'partially_refunded' AND EXISTS (
                SELECT 1 FROM (SELECT coalesce('=' || ranked.currency, '') AS currency, ranked.shared_currency LIMIT 1) AS once
                CROSS JOIN payment AS other
                WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                  AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                       OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                           AND ranked.folded = 0))
                  AND coalesce('=' || coalesce(other.currency, CASE WHEN other.captured_minor = 0 AND other.refunded_minor = 0
                      AND other.charged_back_minor = 0 THEN coalesce(other.expected_currency, once.shared_currency) END), '')
                      = once.currency
                  AND other.state = 'succeeded' AND (other.purpose = 'purchase' OR other.purpose = 'unknown')
                  AND coalesce(other.test, 0) = 0)
           THEN 'succeeded' ELSE ranked.state END AS state,
       ranked.paid AS paid,
       (SELECT CASE WHEN coalesce('=' || max(stated), '') = max(wanted) THEN count(CASE WHEN own IN (wanted, '=') THEN 1 END)
               ELSE count(CASE WHEN own = wanted THEN 1 END) END
        FROM (SELECT coalesce('=' || coalesce(other.currency, CASE WHEN other.captured_minor = 0 AND other.refunded_minor = 0
                  AND other.charged_back_minor = 0 THEN coalesce(other.expected_currency, '') END), '') AS own,
                  coalesce(other.currency, other.expected_currency) AS stated, once.currency AS wanted
              FROM (SELECT coalesce('=' || ranked.currency, '') AS currency LIMIT 1) AS once
              CROSS JOIN payment AS other
              WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                     OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                         AND ranked.folded = 0))) AS others) AS payments,
       (SELECT CASE WHEN high + (low >> 32) BETWEEN -2147483648 AND 2147483647
                    THEN ((high + (low >> 32)) << 32) | (low & 4294967295)
                    WHEN high > 0 THEN 9223372036854775807 ELSE -9223372036854775807 - 1 END
        FROM (SELECT CAST(coalesce(sum(other.captured_minor >> 32), 0) AS bigint) AS high,
                     CAST(coalesce(sum(other.captured_minor & 4294967295), 0) AS bigint) AS low
              FROM (SELECT coalesce('=' || ranked.currency, '') AS currency LIMIT 1) AS once
              CROSS JOIN payment AS other
              WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                     OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                         AND ranked.folded = 0))
                AND coalesce('=' || other.currency, '') = once.currency
                AND other.purpose = 'purchase' AND coalesce(other.test, 0) = 0) AS halves) AS paid_minor,
       (SELECT CASE WHEN high + (low >> 32) BETWEEN -2147483648 AND 2147483647
                    THEN ((high + (low >> 32)) << 32) | (low & 4294967295)
                    WHEN high > 0 THEN 9223372036854775807 ELSE -9223372036854775807 - 1 END
        FROM (SELECT CAST(coalesce(sum(other.refunded_minor >> 32), 0) AS bigint) AS high,
                     CAST(coalesce(sum(other.refunded_minor & 4294967295), 0) AS bigint) AS low
              FROM (SELECT coalesce('=' || ranked.currency, '') AS currency LIMIT 1) AS once
              CROSS JOIN payment AS other
              WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                     OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                         AND ranked.folded = 0))
                AND coalesce('=' || other.currency, '') = once.currency
                AND other.purpose = 'purchase' AND coalesce(other.test, 0) = 0) AS halves) AS refunded_minor,
       (SELECT CASE WHEN high + (low >> 32) BETWEEN -2147483648 AND 2147483647
                    THEN ((high + (low >> 32)) << 32) | (low & 4294967295)
                    WHEN high > 0 THEN 9223372036854775807 ELSE -9223372036854775807 - 1 END
        FROM (SELECT CAST(coalesce(sum(other.charged_back_minor >> 32), 0) AS bigint) AS high,
                     CAST(coalesce(sum(other.charged_back_minor & 4294967295), 0) AS bigint) AS low
              FROM (SELECT coalesce('=' || ranked.currency, '') AS currency LIMIT 1) AS once
              CROSS JOIN payment AS other
              WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                     OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                         AND ranked.folded = 0))
                AND coalesce('=' || other.currency, '') = once.currency
                AND other.purpose = 'purchase' AND coalesce(other.test, 0) = 0) AS halves) AS charged_back_minor,
       (SELECT CASE WHEN high + (low >> 32) BETWEEN -2147483648 AND 2147483647
                    THEN ((high + (low >> 32)) << 32) | (low & 4294967295)
                    WHEN high > 0 THEN 9223372036854775807 ELSE -9223372036854775807 - 1 END
        FROM (SELECT CAST(coalesce(sum(other.balance_minor >> 32), 0) AS bigint) AS high,
                     CAST(coalesce(sum(other.balance_minor & 4294967295), 0) AS bigint) AS low
              FROM (SELECT coalesce('=' || ranked.currency, '') AS currency LIMIT 1) AS once
              CROSS JOIN payment AS other
              WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                     OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                         AND ranked.folded = 0))
                AND coalesce('=' || other.currency, '') = once.currency
                AND other.purpose = 'purchase' AND coalesce(other.test, 0) = 0) AS halves) AS balance_minor,
       ranked.currency AS currency, coalesce(ranked.test, 0) AS test,
       paystate_time((SELECT CASE WHEN coalesce('=' || max(stated), '') = max(wanted)
                                  THEN max(CASE WHEN own IN (wanted, '=') THEN updated_at END)
                                  ELSE max(CASE WHEN own = wanted THEN updated_at END) END
                      FROM (SELECT coalesce('=' || coalesce(other.currency, CASE WHEN other.captured_minor = 0 AND other.refunded_minor = 0
                                AND other.charged_back_minor = 0 THEN coalesce(other.expected_currency, '') END), '') AS own,
                                coalesce(other.currency, other.expected_currency) AS stated, once.currency AS wanted, other.updated_at
                            FROM (SELECT coalesce('=' || ranked.currency, '') AS currency LIMIT 1) AS once
                            CROSS JOIN payment AS other
                            WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                              AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                                   OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                                       AND ranked.folded = 0))) AS others)) AS updated_at,
       ranked.payment_id AS payment_id
FROM (
    SELECT way, account, folded, reference, own_reference, watched_reference, id, account_id, payment_id, state, test, merged_into,
           shared_currency,
           -- One that names no currency, and moved nothing, stands with the others; what moved is never put under a guessed one.
           coalesce(currency, CASE WHEN captured_minor = 0 AND refunded_minor = 0 AND charged_back_minor = 0
               THEN coalesce(expected_currency, shared_currency) END) AS currency,
           CASE WHEN coalesce(named.test, 0) = 1 THEN '2' WHEN named.purpose = 'purchase' OR named.purpose = 'unknown' THEN '0' ELSE '1' END
           || CASE named.state
              WHEN 'succeeded' THEN '0' WHEN 'partially_refunded' THEN '1' WHEN 'authorized' THEN '2' WHEN 'pending' THEN '3'
              WHEN 'unknown' THEN '4' WHEN 'refunded' THEN '5' WHEN 'charged_back' THEN '6' WHEN 'cancelled' THEN '7'
              WHEN 'expired' THEN '8' ELSE '9' END AS rank,
           CASE WHEN named.purpose = 'purchase' AND coalesce(named.test, 0) = 0
                AND (named.state = 'succeeded' OR named.state = 'partially_refunded') AND named.balance_minor > 0
                AND NOT EXISTS (SELECT 1 FROM anomaly WHERE anomaly.payment = named.id AND closed_at IS NULL
                                AND (kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums'
                                     OR kind = 'conflict' OR (kind = 'regression' AND named.held = 1))) THEN 1 ELSE 0 END AS paid
    FROM (
        SELECT account.name AS account, account.folded AS folded, placed.*,
               (SELECT max(coalesce(other.currency, other.expected_currency)) FROM payment AS other
                WHERE other.account = placed.account_id AND other.merged_into IS NULL
                  AND (other.reference = placed.reference OR other.watched_reference = placed.reference
                       OR (other.payment_id = placed.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                           AND account.folded = 0)))
               AS shared_currency
        FROM (
            SELECT 1 AS way, reference AS reference, reference AS own_reference, watched_reference, id,
                   account AS account_id, payment_id, currency, expected_currency, purpose, state, held, captured_minor,
                   refunded_minor, charged_back_minor, balance_minor, test, merged_into
            FROM payment
            UNION ALL
            SELECT 2 AS way, watched_reference AS reference, reference AS own_reference, watched_reference, id,
                   account AS account_id, payment_id, currency, expected_currency, purpose, state, held, captured_minor,
                   refunded_minor, charged_back_minor, balance_minor, test, merged_into
            FROM payment
            UNION ALL
            SELECT 3 AS way, payment_id AS reference, reference AS own_reference, watched_reference, id,
                   account AS account_id, payment_id, currency, expected_currency, purpose, state, held, captured_minor,
                   refunded_minor, charged_back_minor, balance_minor, test, merged_into
            FROM payment
        ) AS placed
        JOIN account ON account.id = placed.account_id
    ) AS named
) AS ranked
WHERE ranked.merged_into IS NULL AND ranked.reference IS NOT NULL
  AND (way = 1 OR (way = 2 AND (own_reference IS NULL OR own_reference <> watched_reference))
       OR (way = 3 AND own_reference IS NULL AND watched_reference IS NULL AND folded = 0))
  -- Whether there is a better one: the first that is found decides, unless only the currency of all can tell whether it counts.
  AND CASE (
      SELECT CASE WHEN other.currency IS NULL AND other.expected_currency IS NULL AND other.captured_minor = 0
                  AND other.refunded_minor = 0 AND other.charged_back_minor = 0 THEN 'nameless' ELSE 'named' END
      FROM (SELECT coalesce('=' || ranked.currency, '') AS currency,
                   (1 - ranked.paid) || ranked.rank || ranked.payment_id AS place LIMIT 1) AS once
      CROSS JOIN payment AS other
      WHERE other.account = ranked.account_id AND other.merged_into IS NULL
        AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
             OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                 AND ranked.folded = 0))
        AND coalesce('=' || coalesce(other.currency, CASE WHEN other.captured_minor = 0 AND other.refunded_minor = 0
            AND other.charged_back_minor = 0 THEN coalesce(other.expected_currency, '') END), '') IN (once.currency, '=')
        AND other.id <> ranked.id
        AND (1 - CASE WHEN other.purpose = 'purchase' AND coalesce(other.test, 0) = 0
                      AND (other.state = 'succeeded' OR other.state = 'partially_refunded') AND other.balance_minor > 0
                      AND NOT EXISTS (SELECT 1 FROM anomaly WHERE anomaly.payment = other.id AND closed_at IS NULL
                                      AND (kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums'
                                           OR kind = 'conflict' OR (kind = 'regression' AND other.held = 1))) THEN 1 ELSE 0 END)
            || CASE WHEN coalesce(other.test, 0) = 1 THEN '2' WHEN other.purpose = 'purchase' OR other.purpose = 'unknown' THEN '0' ELSE '1' END
               || CASE other.state
                  WHEN 'succeeded' THEN '0' WHEN 'partially_refunded' THEN '1' WHEN 'authorized' THEN '2' WHEN 'pending' THEN '3'
                  WHEN 'unknown' THEN '4' WHEN 'refunded' THEN '5' WHEN 'charged_back' THEN '6' WHEN 'cancelled' THEN '7'
                  WHEN 'expired' THEN '8' ELSE '9' END
            || other.payment_id < once.place
      LIMIT 1)
      WHEN 'named' THEN 0
      WHEN 'nameless' THEN CASE WHEN coalesce('=' || ranked.shared_currency, '') = coalesce('=' || ranked.currency, '') THEN 0
          WHEN EXISTS (
              SELECT 1
              FROM (SELECT coalesce('=' || ranked.currency, '') AS currency,
                           (1 - ranked.paid) || ranked.rank || ranked.payment_id AS place LIMIT 1) AS once
              CROSS JOIN payment AS other
              WHERE other.account = ranked.account_id AND other.merged_into IS NULL
                AND (other.reference = ranked.reference OR other.watched_reference = ranked.reference
                     OR (other.payment_id = ranked.reference AND other.reference IS NULL AND other.watched_reference IS NULL
                         AND ranked.folded = 0))
                AND coalesce('=' || coalesce(other.currency, CASE WHEN other.captured_minor = 0 AND other.refunded_minor = 0
                    AND other.charged_back_minor = 0 THEN coalesce(other.expected_currency, '') END), '') = once.currency
                AND other.id <> ranked.id
                AND (1 - CASE WHEN other.purpose = 'purchase' AND coalesce(other.test, 0) = 0
                              AND (other.state = 'succeeded' OR other.state = 'partially_refunded') AND other.balance_minor > 0
                              AND NOT EXISTS (SELECT 1 FROM anomaly WHERE anomaly.payment = other.id AND closed_at IS NULL
                                              AND (kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums'
                                                   OR kind = 'conflict' OR (kind = 'regression' AND other.held = 1))) THEN 1 ELSE 0 END)
                    || CASE WHEN coalesce(other.test, 0) = 1 THEN '2' WHEN other.purpose = 'purchase' OR other.purpose = 'unknown' THEN '0' ELSE '1' END
                       || CASE other.state
                          WHEN 'succeeded' THEN '0' WHEN 'partially_refunded' THEN '1' WHEN 'authorized' THEN '2' WHEN 'pending' THEN '3'
                          WHEN 'unknown' THEN '4' WHEN 'refunded' THEN '5' WHEN 'charged_back' THEN '6' WHEN 'cancelled' THEN '7'
                          WHEN 'expired' THEN '8' ELSE '9' END
                    || other.payment_id < once.place) THEN 0 ELSE 1 END
      ELSE 1 END = 1;

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
