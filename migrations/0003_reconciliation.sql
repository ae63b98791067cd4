-- Version 3: asking the gateways. What each thing needs to be asked about, the instructions of people and programs, and the
-- pauses that a gateway in trouble is given.

-- Until when the gateway is left alone after trouble, and why (a word of polls.outcome); NULL while it is asked.
ALTER TABLE account ADD COLUMN paused_until INTEGER;
ALTER TABLE account ADD COLUMN pause_reason TEXT;

ALTER TABLE payment ADD COLUMN asking_since INTEGER;            -- the last evidence: the schedule is counted from it
ALTER TABLE payment ADD COLUMN endpoint TEXT;                   -- the endpoint that knew it, a word of the gateway's folder
ALTER TABLE payment ADD COLUMN expected_amount_minor INTEGER;
ALTER TABLE payment ADD COLUMN expected_currency TEXT;
ALTER TABLE payment ADD COLUMN watched_reference TEXT;          -- stands in where the gateway gives no reference

ALTER TABLE operation ADD COLUMN account INTEGER REFERENCES account;
ALTER TABLE operation ADD COLUMN asking_since INTEGER;
ALTER TABLE operation ADD COLUMN endpoint TEXT;

ALTER TABLE checkout ADD COLUMN asking_since INTEGER;
ALTER TABLE checkout ADD COLUMN expected_amount_minor INTEGER;
ALTER TABLE checkout ADD COLUMN expected_currency TEXT;
ALTER TABLE checkout ADD COLUMN watched_reference TEXT;

-- A subscription is asked about on demand only: it has no phase of its own.
ALTER TABLE subscription ADD COLUMN next_poll_at INTEGER;
ALTER TABLE subscription ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN wished_at INTEGER;
ALTER TABLE subscription ADD COLUMN asking_since INTEGER;

ALTER TABLE poll ADD COLUMN status TEXT;                        -- the gateway's word in the answer
ALTER TABLE poll ADD COLUMN endpoint TEXT;
ALTER TABLE poll ADD COLUMN detail TEXT;                        -- why there is no answer, or none that can be believed

UPDATE payment SET asking_since = updated_at WHERE next_poll_at IS NOT NULL;
UPDATE operation SET account = (SELECT payment.account FROM payment WHERE payment.id = operation.payment);
UPDATE operation SET asking_since = updated_at WHERE next_poll_at IS NOT NULL;
UPDATE checkout SET asking_since = updated_at WHERE next_poll_at IS NOT NULL;

-- What a person, or a program in their name, told Paystate to do: evidence operator:N.
CREATE TABLE instruction (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    given_at INTEGER NOT NULL,
    command TEXT NOT NULL CHECK (command IN ('watch', 'poll')),
    payment INTEGER REFERENCES payment,
    operation_id TEXT,
    checkout INTEGER REFERENCES checkout,
    subscription INTEGER REFERENCES subscription,
    reference TEXT,
    amount_minor INTEGER,
    currency TEXT,
    CHECK ((payment IS NOT NULL) + (checkout IS NOT NULL) + (subscription IS NOT NULL) = 1)
) STRICT;
CREATE INDEX instruction_by_payment ON instruction (payment) WHERE payment IS NOT NULL;
CREATE INDEX instruction_by_checkout ON instruction (checkout) WHERE checkout IS NOT NULL;

-- A subscription's contradictions are its own.
ALTER TABLE anomaly ADD COLUMN subscription INTEGER REFERENCES subscription;
CREATE UNIQUE INDEX anomaly_open_subscription ON anomaly (subscription, kind)
    WHERE closed_at IS NULL AND subscription IS NOT NULL;
CREATE INDEX operation_unresolved ON operation (account) WHERE reconciliation = 'unresolved';
CREATE INDEX checkout_unresolved ON checkout (account) WHERE reconciliation = 'unresolved';

-- What is due, by account; what is wanted at once has an index of its own, for it goes before a hundred thousand others.
DROP INDEX operation_due;
CREATE INDEX operation_due ON operation (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX subscription_due ON subscription (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX payment_merged ON payment (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX payment_wished ON payment (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX operation_wished ON operation (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX checkout_wished ON checkout (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX callback_by_checkout ON callback (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX poll_by_subscription ON poll (subscription) WHERE subscription IS NOT NULL;
CREATE INDEX transition_by_checkout ON transition (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX transition_by_subscription ON transition (subscription) WHERE subscription IS NOT NULL;
CREATE INDEX callback_by_subscription ON callback (subscription) WHERE subscription IS NOT NULL;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
('payment', 'payment_wished', '1000 250 1'),
('operation', 'operation_due', '1000 250 1'),
('operation', 'operation_wished', '100 25 1'),
('checkout', 'checkout_due', '10000 2500 1'),
('checkout', 'checkout_wished', '100 25 1'),
('subscription', 'subscription_due', '10 5 1'),
('callback', 'callback_by_checkout', '10000 1'),
('callback', 'callback_by_subscription', '10000 4'),
('instruction', 'instruction_by_payment', '10000 1');

CREATE TRIGGER poll_is_kept BEFORE DELETE ON poll
BEGIN SELECT RAISE(ABORT, 'polls are kept'); END;
CREATE TRIGGER poll_is_final BEFORE UPDATE OF id, account, asked_at, answered_at, http_status, outcome ON poll
BEGIN SELECT RAISE(ABORT, 'polls are kept as they came'); END;
CREATE TRIGGER poll_body_is_final BEFORE UPDATE OF body ON poll WHEN NEW.body IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a body is only ever emptied'); END;
CREATE TRIGGER instruction_is_kept BEFORE DELETE ON instruction
BEGIN SELECT RAISE(ABORT, 'instructions are kept'); END;
CREATE TRIGGER instruction_is_final BEFORE UPDATE ON instruction
BEGIN SELECT RAISE(ABORT, 'instructions are kept as they were given'); END;

DROP VIEW payments;
CREATE VIEW payments AS
SELECT account.name AS account, account.gateway AS gateway, payment.payment_id AS payment_id,
       coalesce(payment.reference, CASE account.folded WHEN 0 THEN payment.payment_id END) AS reference,
       payment.checkout_token AS checkout_token, payment.type AS type, payment.method AS method, payment.status AS status,
       payment.state AS state, payment.state NOT IN ('pending', 'authorized', 'unknown') AS final,
       payment.amount_minor AS amount_minor,
       CASE currency.exponent
           WHEN 0 THEN CAST(payment.amount_minor AS TEXT)
           ELSE substr(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor), 1,
                       length(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor)) - exponent)
                || '.'
                || substr(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor), -exponent)
       END AS amount,
       payment.currency AS currency, payment.initial_amount_minor AS initial_amount_minor,
       payment.surcharge_minor AS surcharge_minor, coalesce(payment.refunded_minor, 0) AS refunded_minor,
       payment.captured_minor AS captured_minor, payment.test AS test, payment.code AS code, payment.message AS message,
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
                (SELECT min(due) FROM (SELECT payment.next_poll_at AS due UNION ALL
                                       SELECT operation.next_poll_at FROM operation WHERE operation.payment = payment.id))
                / 1000.0, 'unixepoch') AS next_poll_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.last_poll_at / 1000.0, 'unixepoch') AS last_poll_at,
       payment.last_poll_outcome AS last_poll_outcome, payment.polls AS polls,
       (SELECT count(*) FROM anomaly WHERE anomaly.payment = payment.id AND anomaly.closed_at IS NULL) AS open_anomalies,
       payment.expected_amount_minor AS expected_amount_minor, payment.expected_currency AS expected_currency
FROM payment
JOIN account ON account.id = payment.account
LEFT JOIN currency ON currency.code = payment.currency
WHERE payment.merged_into IS NULL;

DROP VIEW checkouts;
CREATE VIEW checkouts AS
SELECT account.name AS account, checkout.token AS token, checkout.reference AS reference, checkout.status AS status,
       checkout.state AS state, checkout.finished AS finished, checkout.expired AS expired, checkout.test AS test,
       checkout.amount_minor AS amount_minor, checkout.currency AS currency, checkout.payment_id AS payment_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.updated_at / 1000.0, 'unixepoch') AS updated_at,
       checkout.reconciliation AS reconciliation,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.next_poll_at / 1000.0, 'unixepoch') AS next_poll_at,
       checkout.expected_amount_minor AS expected_amount_minor, checkout.expected_currency AS expected_currency
FROM checkout
JOIN account ON account.id = checkout.account;

DROP VIEW subscriptions;
CREATE VIEW subscriptions AS
SELECT account.name AS account, subscription.subscription_id AS subscription_id, subscription.status AS status,
       subscription.event AS event, subscription.plan AS plan, subscription.amount_minor AS amount_minor,
       subscription.currency AS currency, subscription.payment_id AS payment_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.next_poll_at / 1000.0, 'unixepoch') AS next_poll_at
FROM subscription
JOIN account ON account.id = subscription.account;

DROP VIEW polls;
CREATE VIEW polls AS
SELECT poll.id AS id, account.name AS account,
       CASE WHEN poll.checkout IS NOT NULL THEN 'checkout' WHEN poll.subscription IS NOT NULL THEN 'subscription'
            WHEN poll.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, poll.operation_id, payment.payment_id) AS entity_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', poll.asked_at / 1000.0, 'unixepoch') AS asked_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', poll.answered_at / 1000.0, 'unixepoch') AS answered_at,
       poll.http_status AS http_status, poll.outcome AS outcome, poll.rule AS rule, poll.body AS body,
       poll.status AS status, poll.endpoint AS endpoint, poll.detail AS detail
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
            WHEN instruction.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, instruction.operation_id, payment.payment_id) AS entity_id,
       instruction.reference AS reference, instruction.amount_minor AS amount_minor, instruction.currency AS currency
FROM instruction
JOIN account ON account.id = instruction.account
LEFT JOIN payment ON payment.id = instruction.payment
LEFT JOIN checkout ON checkout.id = instruction.checkout
LEFT JOIN subscription ON subscription.id = instruction.subscription;

DROP VIEW timeline;
CREATE VIEW timeline AS
SELECT account, payment_id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at, what, summary, evidence_id
FROM (
    SELECT account.name AS account, payment.payment_id AS payment_id, callback.received_at AS at, 0 AS turn,
           callback.id AS place, 'callback' AS what,
           'a callback says ' || coalesce('«' || callback.status || '»', 'nothing of a status') || ': ' || callback.effect
           || CASE callback.verdict WHEN 'ambiguous' THEN ' (the signature does not prove the structure)' ELSE '' END
           || CASE WHEN callback.deliveries > 1 THEN ', delivered ' || callback.deliveries || ' times' ELSE '' END
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
                ELSE 'a person or program wants the gateway asked at once' END,
           'operator:' || instruction.id
    FROM payment JOIN account ON account.id = payment.account JOIN instruction ON instruction.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, transition.recorded_at, 1, transition.seq, 'transition',
           CASE WHEN transition.operation_id IS NULL THEN 'the payment' ELSE 'operation ' || transition.operation_id END
           || CASE transition.from_state WHEN transition.to_state THEN ' stays ' ELSE coalesce(
                  ' goes from ' || transition.from_state || ' to ', ' is ') END
           || transition.to_state || coalesce(' («' || transition.to_status || '»)', ''),
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

DROP VIEW account_health;
CREATE VIEW account_health AS
SELECT account.name AS account, account.gateway AS gateway,
       strftime('%Y-%m-%dT%H:%M:%fZ', (SELECT max(received_at) FROM callback WHERE callback.account = account.id) / 1000.0,
                'unixepoch') AS last_callback_at,
       (SELECT count(*) FROM callback WHERE callback.account = account.id
        AND received_at >= (unixepoch() - 86400) * 1000) AS callbacks_24h,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= (unixepoch() - 86400) * 1000) AS rejected_24h,
       (SELECT count(*) FROM payment WHERE payment.account = account.id
        AND (state = 'pending' OR state = 'authorized' OR state = 'unknown') AND merged_into IS NULL) AS pending,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND next_poll_at < unixepoch() * 1000)
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND next_poll_at < unixepoch() * 1000)
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND next_poll_at < unixepoch() * 1000)
       AS overdue,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND reconciliation = 'unresolved') AS unresolved,
       (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
        AND recorded_at >= (unixepoch() - 86400) * 1000) AS found_by_poll_24h,
       (SELECT count(*) FROM anomaly WHERE anomaly.account = account.id AND severity = 'alarm' AND closed_at IS NULL)
       AS open_alarms,
       strftime('%Y-%m-%dT%H:%M:%fZ', account.paused_until / 1000.0, 'unixepoch') AS paused_until,
       account.pause_reason AS pause_reason
FROM account;

INSERT INTO schema_doc (object, "column", description) VALUES
('payments', 'expected_amount_minor', 'The amount that watch was told to expect, in minor units.'),
('payments', 'expected_currency', 'The currency that watch was told to expect.'),
('checkouts', 'expected_amount_minor', 'The amount that watch was told to expect of its payment, in minor units.'),
('checkouts', 'expected_currency', 'The currency that watch was told to expect of its payment.'),
('subscriptions', 'next_poll_at', 'When the gateway is asked about it (UTC): only where somebody wants to know at once.'),
('polls', 'status', 'The gateway''s own word in the answer.'),
('polls', 'endpoint', 'The endpoint that gave the answer, such as payment/status, transactions, beyag/payments.'),
('polls', 'detail', 'Why there is no answer, or none that can be believed, in words.'),
('instructions', '', 'What a person, or a program in their name, told Paystate to watch or to ask about.'),
('instructions', 'id', 'The number of the instruction; evidence_id operator:N points here.'),
('instructions', 'account', 'The account''s name in the configuration.'),
('instructions', 'given_at', 'When it was given (UTC).'),
('instructions', 'command', 'watch or poll.'),
('instructions', 'entity', 'What it is about: payment, operation, checkout or subscription.'),
('instructions', 'entity_id', 'The gateway''s key of it.'),
('instructions', 'reference', 'The reference that watch was told.'),
('instructions', 'amount_minor', 'The amount that watch was told to expect, in minor units.'),
('instructions', 'currency', 'The currency that watch was told to expect.'),
('account_health', 'paused_until', 'The gateway was in trouble, and is not asked before (UTC); NULL while it is asked.'),
('account_health', 'pause_reason', 'What the trouble was: unavailable or rate_limited; see polls.outcome.');
UPDATE schema_doc SET description = 'Payments, operations and checkouts that the asking gave up on.'
WHERE object = 'account_health' AND "column" = 'unresolved';
UPDATE schema_doc SET description = 'callback, poll, transition, anomaly or instruction.'
WHERE object = 'timeline' AND "column" = 'what';
UPDATE schema_doc SET description = 'All that happened to a payment, in order: callbacks, questions, instructions, transitions, anomalies.'
WHERE object = 'timeline' AND "column" = '';
UPDATE schema_doc SET description = 'When the answer came (UTC); NULL if none came.'
WHERE object = 'polls' AND "column" = 'answered_at';
