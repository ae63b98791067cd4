-- Version 6: judging again. What is needed to derive everything anew from the evidence, in the very order in which it was
-- recorded; and callbacks that were refused at first, and proved after a key was corrected.

-- When a callback that was refused at first was proved; NULL: it was proved when it came.
ALTER TABLE callback ADD COLUMN reverified_at INTEGER;
CREATE TRIGGER callback_is_reverified_once BEFORE UPDATE OF reverified_at ON callback WHEN OLD.reverified_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'callbacks are kept as they came'); END;

-- The place of an answer among all evidence: it follows this callback, and comes before the next one. (Callbacks carry no such
-- number: they are many, and their own numbers are their order.) NULL where it was recorded by an earlier version: then its
-- time is its place.
ALTER TABLE poll ADD COLUMN after_callback INTEGER;
ALTER TABLE poll ADD COLUMN recorded_at INTEGER;                -- what follows from the answer is reckoned from it
ALTER TABLE poll ADD COLUMN asked_entity TEXT CHECK (asked_entity IN ('payment', 'operation', 'checkout', 'subscription'));
ALTER TABLE poll ADD COLUMN asked_id TEXT;                      -- the name by which the gateway was asked
ALTER TABLE poll ADD COLUMN mark INTEGER;                       -- the last callback when it was asked: a later one overtook it
ALTER TABLE poll ADD COLUMN wish INTEGER;                       -- the wish that it serves
ALTER TABLE poll ADD COLUMN pause INTEGER;                      -- milliseconds for which the gateway is left alone after it

ALTER TABLE instruction ADD COLUMN after_callback INTEGER;
ALTER TABLE instruction ADD COLUMN after_poll INTEGER;
ALTER TABLE instruction ADD COLUMN named TEXT;                  -- the name that was given: an operation's may stand for its payment

-- By which schedule things were asked about, from which place on. Durations are milliseconds, in lists with commas between.
CREATE TABLE schedule (
    id INTEGER PRIMARY KEY,
    after_callback INTEGER NOT NULL,
    after_poll INTEGER NOT NULL,
    after_instruction INTEGER NOT NULL,
    first_after INTEGER NOT NULL,
    steps TEXT NOT NULL,
    give_up_after INTEGER NOT NULL,
    authorized_every INTEGER NOT NULL,
    second_look INTEGER NOT NULL,
    audit TEXT NOT NULL
) STRICT;
CREATE TRIGGER schedule_is_kept BEFORE DELETE ON schedule
BEGIN SELECT RAISE(ABORT, 'schedules are kept'); END;
CREATE TRIGGER schedule_is_final BEFORE UPDATE ON schedule
BEGIN SELECT RAISE(ABORT, 'schedules are kept as they were'); END;

UPDATE poll SET recorded_at = transition.recorded_at
FROM transition WHERE transition.source = 'poll' AND transition.evidence = poll.id;

DROP VIEW callbacks;
CREATE VIEW callbacks AS
SELECT callback.id AS id, account.name AS account,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.received_at / 1000.0, 'unixepoch') AS received_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.last_received_at / 1000.0, 'unixepoch') AS last_received_at,
       callback.deliveries AS deliveries, callback.remote_address AS remote_address, callback.verdict AS verdict,
       callback.form AS form, callback.key_id AS key_id, callback.status AS status, callback.effect AS effect,
       callback.rule AS rule, payment.payment_id AS payment_id, callback.operation_id AS operation_id,
       callback.digest AS digest, callback.body AS body,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.reverified_at / 1000.0, 'unixepoch') AS reverified_at
FROM callback
JOIN account ON account.id = callback.account
LEFT JOIN payment ON payment.id = callback.payment;

DROP VIEW timeline;
CREATE VIEW timeline AS
SELECT account, payment_id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at, what, summary, evidence_id
FROM (
    SELECT account.name AS account, payment.payment_id AS payment_id,
           coalesce(callback.reverified_at, callback.received_at) AS at, 0 AS turn,
           callback.id AS place, 'callback' AS what,
           'a callback says ' || coalesce('«' || callback.status || '»', 'nothing of a status') || ': ' || callback.effect
           || CASE callback.verdict WHEN 'ambiguous' THEN ' (the signature does not prove the structure)' ELSE '' END
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

INSERT INTO schema_doc (object, "column", description) VALUES
('callbacks', 'reverified_at', 'It was refused when it came, and proved at this time, after a key was corrected (UTC); NULL: it was proved when it came.');
