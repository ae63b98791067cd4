-- The public interface: views have plural names; columns are only ever added. Times are UTC text, amounts whole minor units beside
-- decimal text, flags 0 or 1. What each column means is in schema_docs.

CREATE VIEW schema_docs AS SELECT object, "column", description FROM schema_doc;

CREATE VIEW currencies AS
SELECT code, exponent, CAST('1' || substr('0000', 1, exponent) AS INTEGER) AS minor_units FROM currency;

-- Whether a payment is paid is said here, and in `orders` in the same words: no query has to know the rule.
CREATE VIEW payments AS
SELECT account.name AS account, account.gateway AS gateway, payment.payment_id AS payment_id,
       CASE account.folded WHEN 0 THEN coalesce(payment.watched_reference, payment.reference, payment.payment_id)
           ELSE coalesce(payment.reference, payment.watched_reference) END AS reference,
       payment.checkout_token AS checkout_token, payment.type AS type, payment.method AS method, payment.status AS status,
       payment.state AS state, payment.state NOT IN ('pending', 'authorized', 'unknown') AS final, payment.purpose AS purpose,
       (purpose = 'purchase' AND coalesce(test, 0) = 0 AND (state = 'succeeded' OR state = 'partially_refunded') AND balance_minor > 0
        AND NOT EXISTS (SELECT 1 FROM anomaly WHERE anomaly.payment = payment.id AND closed_at IS NULL
                        AND (kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums'
                             OR kind = 'conflict' OR (kind = 'regression' AND payment.held)))) AS paid,
       payment.amount_minor AS amount_minor,
       CASE WHEN payment.amount_minor IS NULL THEN NULL WHEN currency.exponent = 0 THEN CAST(payment.amount_minor AS TEXT)
            WHEN currency.exponent > 0 THEN
           substr(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor), 1,
                  length(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor)) - exponent) || '.'
           || substr(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor), -exponent)
            END AS amount,
       payment.currency AS currency, payment.initial_amount_minor AS initial_amount_minor,
       payment.surcharge_minor AS surcharge_minor, payment.held_minor AS held_minor, payment.captured_minor AS captured_minor,
       payment.refunded_minor AS refunded_minor, payment.charged_back_minor AS charged_back_minor,
       payment.paid_out_minor AS paid_out_minor, payment.balance_minor AS balance_minor, payment.test AS test,
       payment.code AS code, payment.message AS message,
       (SELECT decline FROM operation WHERE operation.payment = payment.id AND operation.decline IS NOT NULL
        AND operation.code = payment.code AND payment.state IN ('failed', 'cancelled', 'expired', 'pending')
        ORDER BY gateway_updated_at DESC LIMIT 1) AS decline,
       payment.card_brand AS card_brand, payment.card_last_4 AS card_last_4, payment.card_expiry AS card_expiry,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.paid_at / 1000.0, 'unixepoch') AS paid_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.settled_at / 1000.0, 'unixepoch') AS settled_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.expires_at / 1000.0, 'unixepoch') AS expires_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.gateway_updated_at / 1000.0, 'unixepoch') AS gateway_updated_at,
       payment.last_source AS last_source,
       CASE WHEN payment.reconciliation = 'scheduled' THEN 'scheduled' ELSE
           coalesce((SELECT min(operation.reconciliation) FROM operation
                     WHERE operation.payment = payment.id AND operation.reconciliation = 'scheduled'),
                    (SELECT max(operation.reconciliation) FROM operation
                     WHERE operation.payment = payment.id AND operation.reconciliation = 'unresolved'),
                    payment.reconciliation) END AS reconciliation,
       strftime('%Y-%m-%dT%H:%M:%fZ',
                (SELECT min(due) FROM (SELECT iif(payment.reconciliation = 'done', NULL, payment.next_poll_at) AS due UNION ALL
                                       SELECT operation.next_poll_at FROM operation WHERE operation.payment = payment.id))
                / 1000.0, 'unixepoch') AS next_poll_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', iif(payment.reconciliation = 'done', payment.next_poll_at, NULL) / 1000.0, 'unixepoch')
       AS next_audit_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.last_poll_at / 1000.0, 'unixepoch') AS last_poll_at,
       payment.last_poll_outcome AS last_poll_outcome, payment.polls AS polls,
       (SELECT count(*) FROM anomaly WHERE anomaly.payment = payment.id AND anomaly.closed_at IS NULL) AS open_anomalies,
       payment.expected_amount_minor AS expected_amount_minor, payment.expected_currency AS expected_currency
FROM payment
JOIN account ON account.id = payment.account
LEFT JOIN currency ON currency.code = payment.currency
WHERE payment.merged_into IS NULL;

CREATE VIEW operations AS
SELECT account.name AS account, account.gateway AS gateway, payment.payment_id AS payment_id,
       operation.operation_id AS operation_id, operation.parent_id AS parent_id, operation.kind AS kind, operation.type AS type,
       operation.status AS status, operation.state AS state, operation.amount_minor AS amount_minor,
       CASE WHEN operation.amount_minor IS NULL THEN NULL WHEN currency.exponent = 0 THEN CAST(operation.amount_minor AS TEXT)
            WHEN currency.exponent > 0 THEN
           substr(printf('%0*d', exponent + 1 + (operation.amount_minor < 0), operation.amount_minor), 1,
                  length(printf('%0*d', exponent + 1 + (operation.amount_minor < 0), operation.amount_minor)) - exponent) || '.'
           || substr(printf('%0*d', exponent + 1 + (operation.amount_minor < 0), operation.amount_minor), -exponent)
            END AS amount,
       operation.currency AS currency, operation.code AS code, operation.decline AS decline, operation.rrn AS rrn,
       operation.auth_code AS auth_code, operation.receipt_url AS receipt_url, operation.message AS message,
       operation.test AS test,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.gateway_created_at / 1000.0, 'unixepoch') AS gateway_created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.gateway_updated_at / 1000.0, 'unixepoch') AS gateway_updated_at,
       operation.reconciliation AS reconciliation,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.next_poll_at / 1000.0, 'unixepoch') AS next_poll_at
FROM operation
JOIN payment ON payment.id = operation.payment
JOIN account ON account.id = payment.account
LEFT JOIN currency ON currency.code = operation.currency;

CREATE VIEW checkouts AS
SELECT account.name AS account, checkout.token AS token,
       coalesce(checkout.reference, checkout.watched_reference) AS reference, checkout.status AS status,
       checkout.state AS state, checkout.finished AS finished, checkout.expired AS expired, checkout.test AS test,
       checkout.amount_minor AS amount_minor, checkout.currency AS currency, checkout.payment_id AS payment_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.expires_at / 1000.0, 'unixepoch') AS expires_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.updated_at / 1000.0, 'unixepoch') AS updated_at,
       checkout.reconciliation AS reconciliation,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.next_poll_at / 1000.0, 'unixepoch') AS next_poll_at,
       checkout.expected_amount_minor AS expected_amount_minor, checkout.expected_currency AS expected_currency
FROM checkout
JOIN account ON account.id = checkout.account;

CREATE VIEW subscriptions AS
SELECT account.name AS account, subscription.subscription_id AS subscription_id, subscription.reference AS reference,
       subscription.status AS status, subscription.state AS state, subscription.event AS event, subscription.plan AS plan,
       subscription.amount_minor AS amount_minor, subscription.currency AS currency, subscription.payment_id AS payment_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.renews_at / 1000.0, 'unixepoch') AS renews_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.active_until / 1000.0, 'unixepoch') AS active_until,
       subscription.paid_cycles AS paid_cycles,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.next_poll_at / 1000.0, 'unixepoch') AS next_poll_at
FROM subscription
JOIN account ON account.id = subscription.account;

-- What several payments were made with is told as the last that was made left it: the other columns follow max(told_at).
CREATE VIEW tokens AS
SELECT account.name AS account, kind, token, customer_id, reference, payment_id, card_brand, card_last_4, expires_on,
       strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at, test
FROM (
    SELECT account AS account_id, 'card' AS kind, card_token AS token, customer_id,
           CASE (SELECT folded FROM account WHERE account.id = payment.account)
               WHEN 0 THEN coalesce(watched_reference, reference, payment_id)
               ELSE coalesce(reference, watched_reference) END AS reference,
           payment_id, card_brand, card_last_4, card_expiry AS expires_on, first_seen_at AS told_at, updated_at,
           coalesce(test, 0) AS test
    FROM payment WHERE card_token IS NOT NULL AND merged_into IS NULL
    UNION ALL
    SELECT account, 'recurring', recurring_id, customer_id,
           CASE (SELECT folded FROM account WHERE account.id = payment.account)
               WHEN 0 THEN coalesce(watched_reference, reference, payment_id)
               ELSE coalesce(reference, watched_reference) END,
           payment_id, card_brand, card_last_4, recurring_expires_on, first_seen_at, updated_at, coalesce(test, 0)
    FROM payment WHERE recurring_id IS NOT NULL AND merged_into IS NULL
    UNION ALL
    SELECT account, kind, token, customer_id, reference, payment_id, card_brand, card_last_4, expires_on, updated_at, updated_at, 0
    FROM token
) AS told
JOIN account ON account.id = told.account_id
GROUP BY told.account_id, kind, token
HAVING max(told_at) IS NOT NULL;

CREATE VIEW transitions AS
SELECT transition.seq AS seq, account.name AS account, payment.payment_id AS payment_id,
       transition.operation_id AS operation_id,
       CASE WHEN transition.checkout IS NOT NULL THEN 'checkout' WHEN transition.subscription IS NOT NULL THEN 'subscription'
            WHEN transition.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, transition.operation_id, payment.payment_id) AS entity_id,
       transition.from_status AS from_status, transition.to_status AS to_status, transition.from_state AS from_state,
       transition.to_state AS to_state, transition.source AS source,
       transition.source || ':' || transition.evidence AS evidence_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', transition.gateway_time / 1000.0, 'unixepoch') AS gateway_time,
       transition.kind AS kind, transition.amount_minor AS amount_minor, transition.held_minor AS held_minor,
       transition.captured_minor AS captured_minor, transition.refunded_minor AS refunded_minor,
       transition.charged_back_minor AS charged_back_minor, transition.paid_out_minor AS paid_out_minor,
       transition.currency AS currency,
       CASE account.folded WHEN 0 THEN coalesce(payment.watched_reference, payment.reference, payment.payment_id)
           ELSE coalesce(payment.reference, payment.watched_reference) END AS reference,
       payment.test AS test, transition.moved_minor AS moved_minor,
       strftime('%Y-%m-%dT%H:%M:%fZ', transition.recorded_at / 1000.0, 'unixepoch') AS recorded_at
FROM transition
JOIN account ON account.id = transition.account
LEFT JOIN payment ON payment.id = transition.payment
LEFT JOIN checkout ON checkout.id = transition.checkout
LEFT JOIN subscription ON subscription.id = transition.subscription;

-- The merchant's books: what moved, in the order of the change feed.
CREATE VIEW entries AS
SELECT transition.seq AS seq, account.name AS account, payment.payment_id AS payment_id,
       CASE account.folded WHEN 0 THEN coalesce(payment.watched_reference, payment.reference, payment.payment_id)
           ELSE coalesce(payment.reference, payment.watched_reference) END AS reference,
       transition.moved_by AS operation_id, transition.kind AS kind, transition.moved_minor AS amount_minor,
       CASE WHEN transition.moved_minor IS NULL THEN NULL WHEN currency.exponent = 0 THEN CAST(transition.moved_minor AS TEXT)
            WHEN currency.exponent > 0 THEN
           substr(printf('%0*d', exponent + 1 + (transition.moved_minor < 0), transition.moved_minor), 1,
                  length(printf('%0*d', exponent + 1 + (transition.moved_minor < 0), transition.moved_minor)) - exponent) || '.'
           || substr(printf('%0*d', exponent + 1 + (transition.moved_minor < 0), transition.moved_minor), -exponent)
            END AS amount,
       transition.currency AS currency, payment.purpose AS purpose, coalesce(payment.test, 0) AS test,
       strftime('%Y-%m-%dT%H:%M:%fZ', transition.gateway_time / 1000.0, 'unixepoch') AS gateway_time,
       strftime('%Y-%m-%dT%H:%M:%fZ', transition.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       transition.source AS source, transition.source || ':' || transition.evidence AS evidence_id
FROM transition
JOIN payment ON payment.id = transition.payment
JOIN account ON account.id = transition.account
LEFT JOIN currency ON currency.code = transition.currency
WHERE transition.moved_minor IS NOT NULL;

CREATE VIEW callbacks AS
SELECT callback.id AS id, account.name AS account,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.received_at / 1000.0, 'unixepoch') AS received_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.last_received_at / 1000.0, 'unixepoch') AS last_received_at,
       callback.deliveries AS deliveries, callback.remote_address AS remote_address, callback.verdict AS verdict,
       callback.form AS form, callback.key_id AS key_id, callback.status AS status, callback.detail AS detail,
       callback.effect AS effect, callback.rule AS rule, payment.payment_id AS payment_id,
       callback.operation_id AS operation_id, callback.digest AS digest, callback.body AS body,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.reverified_at / 1000.0, 'unixepoch') AS reverified_at
FROM callback
JOIN account ON account.id = callback.account
LEFT JOIN payment ON payment.id = callback.payment;

CREATE VIEW polls AS
SELECT poll.id AS id, account.name AS account,
       CASE WHEN poll.checkout IS NOT NULL THEN 'checkout' WHEN poll.subscription IS NOT NULL THEN 'subscription'
            WHEN poll.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, poll.operation_id, payment.payment_id) AS entity_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', poll.asked_at / 1000.0, 'unixepoch') AS asked_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', poll.answered_at / 1000.0, 'unixepoch') AS answered_at,
       poll.http_status AS http_status, poll.outcome AS outcome, poll.rule AS rule, poll.body AS body,
       poll.status AS status, poll.endpoint AS endpoint, poll.detail AS detail, poll.size AS size,
       poll.digest AS digest
FROM poll
JOIN account ON account.id = poll.account
LEFT JOIN payment ON payment.id = poll.payment
LEFT JOIN checkout ON checkout.id = poll.checkout
LEFT JOIN subscription ON subscription.id = poll.subscription;

CREATE VIEW instructions AS
SELECT instruction.id AS id, account.name AS account,
       strftime('%Y-%m-%dT%H:%M:%fZ', instruction.given_at / 1000.0, 'unixepoch') AS given_at,
       instruction.command AS command,
       CASE WHEN instruction.checkout IS NOT NULL THEN 'checkout' WHEN instruction.subscription IS NOT NULL THEN 'subscription'
            WHEN instruction.operation_id IS NOT NULL THEN 'operation' WHEN instruction.callback IS NOT NULL THEN 'callback'
            ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, instruction.operation_id, instruction.callback,
                payment.payment_id) AS entity_id,
       instruction.reference AS reference, instruction.amount_minor AS amount_minor, instruction.currency AS currency,
       instruction.kind AS kind, instruction.note AS note
FROM instruction
JOIN account ON account.id = instruction.account
LEFT JOIN payment ON payment.id = instruction.payment
LEFT JOIN checkout ON checkout.id = instruction.checkout
LEFT JOIN subscription ON subscription.id = instruction.subscription;

CREATE VIEW anomalies AS
SELECT anomaly.id AS id, anomaly.kind AS kind, anomaly.severity AS severity, account.name AS account,
       payment.payment_id AS payment_id, checkout.token AS checkout_token, anomaly.detail AS detail,
       anomaly.source || ':' || anomaly.evidence AS evidence_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', anomaly.opened_at / 1000.0, 'unixepoch') AS opened_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', anomaly.closed_at / 1000.0, 'unixepoch') AS closed_at,
       anomaly.resolution AS resolution, 'operator:' || anomaly.acknowledged AS acknowledged_by,
       subscription.subscription_id AS subscription_id
FROM anomaly
JOIN account ON account.id = anomaly.account
LEFT JOIN payment ON payment.id = anomaly.payment
LEFT JOIN checkout ON checkout.id = anomaly.checkout
LEFT JOIN subscription ON subscription.id = anomaly.subscription;

CREATE VIEW rejected AS
SELECT rejection.id AS id, account.name AS account,
       strftime('%Y-%m-%dT%H:%M:%fZ', rejection.received_at / 1000.0, 'unixepoch') AS received_at,
       rejection.remote_address AS remote_address, rejection.reason AS reason, rejection.size AS size,
       rejection.signature AS signature, rejection.body AS body
FROM rejection
JOIN account ON account.id = rejection.account;

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
       currency, test, strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at, substr(speaker, 4) AS payment_id
FROM (
    SELECT DISTINCT account_id, reference, currency, min(rank) OVER same AS best,
           min((1 - paid) || rank || payment_id) OVER same AS speaker, max(paid) OVER same AS paid,
           count(*) OVER same AS payments,
           sum(counts * (captured_minor >> 32)) OVER same AS captured_high, sum(counts * (captured_minor & 4294967295)) OVER same AS captured_low,
           sum(counts * (refunded_minor >> 32)) OVER same AS refunded_high, sum(counts * (refunded_minor & 4294967295)) OVER same AS refunded_low,
           sum(counts * (charged_back_minor >> 32)) OVER same AS charged_back_high, sum(counts * (charged_back_minor & 4294967295)) OVER same AS charged_back_low,
           sum(counts * (balance_minor >> 32)) OVER same AS balance_high, sum(counts * (balance_minor & 4294967295)) OVER same AS balance_low,
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
               (purpose = 'purchase' AND coalesce(test, 0) = 0 AND (state = 'succeeded' OR state = 'partially_refunded') AND balance_minor > 0
                AND NOT EXISTS (SELECT 1 FROM anomaly WHERE anomaly.payment = named.id AND closed_at IS NULL
                                AND (kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums'
                                     OR kind = 'conflict' OR (kind = 'regression' AND named.held)))) AS paid,
               purpose = 'purchase' AND coalesce(test, 0) = 0 AS counts,
               captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
        FROM (
            SELECT reference AS reference, id, account, payment_id, currency, expected_currency, purpose, state, held,
                   captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
            FROM payment WHERE reference IS NOT NULL AND merged_into IS NULL
            UNION ALL
            SELECT watched_reference AS reference, id, account, payment_id, currency, expected_currency, purpose, state, held,
                   captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
            FROM payment WHERE watched_reference IS NOT NULL AND watched_reference IS NOT reference AND merged_into IS NULL
            UNION ALL
            SELECT payment_id AS reference, id, account, payment_id, currency, expected_currency, purpose, state, held,
                   captured_minor, refunded_minor, charged_back_minor, balance_minor, test, updated_at
            FROM payment WHERE reference IS NULL AND watched_reference IS NULL AND (SELECT folded = 0 FROM account WHERE account.id = payment.account) AND merged_into IS NULL
        ) AS named
    )
    WINDOW same AS (PARTITION BY account_id, reference, currency)
)
JOIN account ON account.id = account_id;

CREATE VIEW timeline AS
SELECT account, payment_id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at, what, summary, evidence_id
FROM (
    SELECT account.name AS account, payment.payment_id AS payment_id,
           coalesce(callback.reverified_at, callback.received_at) AS at, 0 AS turn,
           callback.id AS place, 'callback' AS what,
           'a callback says ' || coalesce('«' || callback.status || '»', 'nothing of a status') || ': ' || callback.effect
           || CASE callback.verdict WHEN 'ambiguous' THEN ' (the signature does not prove the structure)' ELSE '' END
           || coalesce(' (' || callback.detail || ')', '')
           || CASE WHEN callback.deliveries > 1 THEN ', delivered ' || callback.deliveries || ' times' ELSE '' END
           || CASE WHEN callback.reverified_at IS NULL THEN '' ELSE ', refused when it came at '
                || strftime('%Y-%m-%dT%H:%M:%fZ', callback.received_at / 1000.0, 'unixepoch')
                || ', and proved now with a corrected key' END
           AS summary,
           'callback:' || callback.id AS evidence_id
    FROM payment JOIN account ON account.id = payment.account JOIN callback ON callback.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, coalesce(poll.answered_at, poll.asked_at), 0, poll.id, 'poll',
           'the gateway was asked'
           || CASE WHEN poll.checkout IS NOT NULL THEN ' about the checkout'
                   WHEN poll.subscription IS NOT NULL THEN ' about the subscription'
                   WHEN poll.operation_id IS NOT NULL THEN ' about operation ' || poll.operation_id ELSE '' END
           || ': ' || poll.outcome || coalesce(' (HTTP ' || poll.http_status || ')', '') || coalesce(', ' || poll.detail, ''),
           'poll:' || poll.id
    FROM payment JOIN account ON account.id = payment.account JOIN poll ON poll.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, instruction.given_at, 0, instruction.id, 'instruction',
           CASE instruction.command WHEN 'watch' THEN 'a person or program watches this payment'
                WHEN 'acknowledge' THEN 'a person closes the anomaly ' || instruction.kind || ': ' || instruction.note
                ELSE 'a person or program wants the gateway asked at once' END,
           'operator:' || instruction.id
    FROM payment JOIN account ON account.id = payment.account JOIN instruction ON instruction.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, transition.recorded_at, 1, transition.seq, 'transition',
           CASE WHEN transition.operation_id IS NULL THEN 'the payment' ELSE 'operation ' || transition.operation_id END
           || CASE transition.from_state WHEN transition.to_state THEN ' stays ' ELSE coalesce(
                  ' goes from ' || transition.from_state || ' to ', ' is ') END
           || transition.to_state || coalesce(' («' || transition.to_status || '»)', '')
           || coalesce(', ' || transition.kind || ' of ' || transition.moved_minor || coalesce(' ' || transition.currency, '')
                       || ' minor units' || coalesce(' by operation ' || transition.moved_by, ''), ''),
           transition.source || ':' || transition.evidence
    FROM payment JOIN account ON account.id = payment.account JOIN transition ON transition.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, anomaly.opened_at, 2, anomaly.id, 'anomaly',
           anomaly.severity || ' ' || anomaly.kind || ': ' || anomaly.detail, anomaly.source || ':' || anomaly.evidence
    FROM payment JOIN account ON account.id = payment.account JOIN anomaly ON anomaly.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, anomaly.closed_at, 3, anomaly.id, 'anomaly',
           anomaly.kind || ' is settled: ' || anomaly.resolution, anomaly.source || ':' || anomaly.evidence
    FROM payment JOIN account ON account.id = payment.account JOIN anomaly ON anomaly.payment = payment.id
    WHERE anomaly.closed_at > anomaly.opened_at
)
ORDER BY at, turn, place;

-- Whole hours come from their tallies; callbacks are counted one by one only before the first of them and after the last. What a
-- clock that ran ahead has dated later than now does not count: else it would hide a silence, or prolong an alarm, until then.
CREATE VIEW account_health AS
SELECT account.name AS account, account.gateway AS gateway,
       strftime('%Y-%m-%dT%H:%M:%fZ', (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                AND received_at < clock.later) / 1000.0, 'unixepoch') AS last_callback_at,
       (SELECT coalesce(sum(callbacks), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       + (SELECT count(*) FROM callback WHERE callback.account = account.id
          AND received_at >= max(clock.yesterday, clock.tallied * 3600000) AND received_at < clock.later)
       + (SELECT count(*) FROM callback WHERE callback.account = account.id
          AND received_at >= clock.yesterday AND received_at < min(clock.whole, clock.tallied) * 3600000) AS callbacks_24h,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= clock.yesterday AND received_at < clock.later)
       AS rejected_24h,
       (SELECT count(*) FROM payment WHERE payment.account = account.id
        AND (state = 'pending' OR state = 'authorized' OR state = 'unknown'))
       - (SELECT count(*) FROM payment INDEXED BY payment_merged WHERE merged_into IS NOT NULL
          AND payment.account = account.id AND (state = 'pending' OR state = 'authorized' OR state = 'unknown')) AS pending,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND next_poll_at < clock.now)
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND next_poll_at < clock.now)
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND next_poll_at < clock.now)
       AS overdue,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND reconciliation = 'unresolved') AS unresolved,
       (SELECT coalesce(sum(found_by_poll), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       + (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
          AND recorded_at >= max(clock.yesterday, clock.tallied * 3600000) AND recorded_at < clock.later)
       + (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
          AND recorded_at >= clock.yesterday AND recorded_at < min(clock.whole, clock.tallied) * 3600000)
       AS found_by_poll_24h,
       (SELECT count(*) FROM anomaly WHERE anomaly.account = account.id AND severity = 'alarm' AND closed_at IS NULL)
       AS open_alarms,
       strftime('%Y-%m-%dT%H:%M:%fZ', account.paused_until / 1000.0, 'unixepoch') AS paused_until,
       account.pause_reason AS pause_reason,
       max(0, clock.now - (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                           AND received_at < clock.later)) / 1000
       AS silent_for_seconds,
       habit.usual_silence / 1000 AS usual_silence_seconds,
       clock.now - (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                    AND received_at < clock.later)
       > max(3 * habit.usual_silence, 300000) AS is_silent,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= clock.now - 3600000 AND received_at < clock.later)
       AS rejected_1h,
       (SELECT rejected >= 10 AND (rejected > accepted OR rejected * 23 > 3 * before) FROM (
            SELECT (SELECT count(*) FROM rejection WHERE rejection.account = account.id
                    AND received_at >= clock.now - 3600000 AND received_at < clock.later) AS rejected,
                   (SELECT count(*) FROM rejection WHERE rejection.account = account.id
                    AND received_at >= clock.yesterday AND received_at < clock.now - 3600000) AS before,
                   (SELECT count(*) FROM (SELECT 1 FROM callback WHERE callback.account = account.id
                    AND received_at >= clock.now - 3600000 AND received_at < clock.later LIMIT 10000)) AS accepted))
       AS rejection_spike,
       strftime('%Y-%m-%dT%H:%M:%fZ', (SELECT min(next_poll_at) FROM (
            SELECT min(next_poll_at) AS next_poll_at FROM payment
            WHERE payment.account = account.id AND next_poll_at < clock.now
            UNION ALL SELECT min(next_poll_at) FROM operation
            WHERE operation.account = account.id AND next_poll_at < clock.now
            UNION ALL SELECT min(next_poll_at) FROM checkout
            WHERE checkout.account = account.id AND next_poll_at < clock.now)) / 1000.0, 'unixepoch') AS overdue_since,
       (SELECT coalesce(sum(changes), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       AS changes_24h,
       (SELECT 100 * sum(found_by_poll) / nullif(sum(changes), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id) AS found_by_poll_percent,
       (SELECT coalesce(sum(count), 0) FROM unkept_rejections AS unkept WHERE unkept.account = account.id
        AND unkept.hour >= clock.whole AND unkept.hour <= clock.now / 3600000) AS rejected_not_kept_24h
FROM account
CROSS JOIN (SELECT unixepoch() * 1000 AS now, (unixepoch() - 86400) * 1000 AS yesterday,
                   (unixepoch() + 1) * 1000 AS later,  -- the second that has begun is not over
                   unixepoch() / 3600 - 23 AS whole,  -- the first whole hour of the last 24
                   coalesce((SELECT max(hour) + 1 FROM hour WHERE hour < unixepoch() / 3600), 0) AS tallied) AS clock
LEFT JOIN habit ON habit.account = account.id AND habit.hour_of_week = (unixepoch() / 3600 + 72) % 168;
