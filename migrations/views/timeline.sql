CREATE VIEW timeline AS
SELECT account, payment_id, paystate_time(at) AS at, what, summary, evidence_id
FROM (
    SELECT account.name AS account, payment.payment_id AS payment_id,
           coalesce(callback.reverified_at, callback.received_at) AS at, 0 AS turn,
           callback.id AS place, 'callback' AS what,
           'a callback says ' || coalesce('«' || callback.status || '»', 'nothing of a status') || ': ' || callback.effect
           || CASE callback.verdict WHEN 'ambiguous' THEN ' (the signature does not prove the structure)' ELSE '' END
           || coalesce(' (' || callback.detail || ')', '')
           || CASE WHEN callback.deliveries > 1 THEN ', delivered ' || callback.deliveries || ' times' ELSE '' END
           || CASE WHEN callback.reverified_at IS NULL THEN '' ELSE ', refused when it came at '
                || paystate_time(callback.received_at)
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
) AS happening
ORDER BY at, turn, place;

INSERT INTO schema_doc (object, "column", description) VALUES
('timeline', '', 'All that happened to a payment, in order: callbacks, questions, instructions, transitions, anomalies.'),
('timeline', 'account', 'The account''s name in the configuration.'),
('timeline', 'payment_id', 'The payment; always give it when you query.'),
('timeline', 'at', 'When it happened (UTC).'),
('timeline', 'what', 'callback, poll, transition, anomaly or instruction.'),
('timeline', 'summary', 'What happened, in words.'),
('timeline', 'evidence_id', 'The row that proves it: callback:N, poll:N or operator:N.');
