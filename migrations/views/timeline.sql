-- Each payment is joined with each kind of what happens, and then with the rows of that kind alone. Arms of a UNION ALL would read
-- nicer, but neither engine hands them a payment that comes from another table.
CREATE VIEW timeline AS
SELECT account.name AS account, payment.payment_id AS payment_id,
       paystate_time(CASE kind.name WHEN 'callback' THEN coalesce(callback.reverified_at, callback.received_at)
                     WHEN 'poll' THEN coalesce(poll.answered_at, poll.asked_at)
                     WHEN 'instruction' THEN instruction.given_at
                     WHEN 'transition' THEN transition.recorded_at
                     WHEN 'opening' THEN anomaly.opened_at ELSE anomaly.closed_at END) AS at,
       CASE kind.name WHEN 'opening' THEN 'anomaly' WHEN 'closing' THEN 'anomaly' ELSE kind.name END AS what,
       CASE kind.name
       WHEN 'callback' THEN
           'a callback says ' || coalesce('«' || callback.status || '»', 'nothing of a status') || ': ' || callback.effect
           || CASE callback.verdict WHEN 'ambiguous' THEN ' (the signature does not prove the structure)' ELSE '' END
           || coalesce(' (' || callback.detail || ')', '')
           || CASE WHEN callback.deliveries > 1 THEN ', delivered ' || callback.deliveries || ' times' ELSE '' END
           || CASE WHEN callback.reverified_at IS NULL THEN '' ELSE ', refused when it came at '
                || paystate_time(callback.received_at)
                || ', and proved now with a corrected key' END
       WHEN 'poll' THEN
           'the gateway was asked'
           || CASE WHEN poll.checkout IS NOT NULL THEN ' about the checkout'
                   WHEN poll.subscription IS NOT NULL THEN ' about the subscription'
                   WHEN poll.operation_id IS NOT NULL THEN ' about operation ' || poll.operation_id ELSE '' END
           || ': ' || poll.outcome || coalesce(' (HTTP ' || poll.http_status || ')', '') || coalesce(', ' || poll.detail, '')
       WHEN 'instruction' THEN
           CASE instruction.command WHEN 'watch' THEN 'a person or program watches this payment'
                WHEN 'acknowledge' THEN 'a person closes the anomaly ' || instruction.kind || ': ' || instruction.note
                ELSE 'a person or program wants the gateway asked at once' END
       WHEN 'transition' THEN
           CASE WHEN transition.operation_id IS NULL THEN 'the payment' ELSE 'operation ' || transition.operation_id END
           || CASE transition.from_state WHEN transition.to_state THEN ' stays ' ELSE coalesce(
                  ' goes from ' || transition.from_state || ' to ', ' is ') END
           || transition.to_state || coalesce(' («' || transition.to_status || '»)', '')
           || coalesce(', ' || transition.kind || ' of ' || transition.moved_minor || coalesce(' ' || transition.currency, '')
                       || ' minor units' || coalesce(' by operation ' || transition.moved_by, ''), '')
       WHEN 'opening' THEN anomaly.severity || ' ' || anomaly.kind || ': ' || anomaly.detail
       ELSE anomaly.kind || ' is settled: ' || anomaly.resolution END AS summary,
       CASE kind.name WHEN 'callback' THEN 'callback:' || callback.id WHEN 'poll' THEN 'poll:' || poll.id
            WHEN 'instruction' THEN 'operator:' || instruction.id
            WHEN 'transition' THEN transition.source || ':' || transition.evidence
            ELSE anomaly.source || ':' || anomaly.evidence END AS evidence_id
FROM payment
JOIN account ON account.id = payment.account
CROSS JOIN (SELECT 'callback' AS name, 0 AS turn UNION ALL SELECT 'poll', 0 UNION ALL SELECT 'instruction', 0
            UNION ALL SELECT 'transition', 1 UNION ALL SELECT 'opening', 2 UNION ALL SELECT 'closing', 3) AS kind
LEFT JOIN callback ON callback.payment = CASE kind.name WHEN 'callback' THEN payment.id END
LEFT JOIN poll ON poll.payment = CASE kind.name WHEN 'poll' THEN payment.id END
LEFT JOIN instruction ON instruction.payment = CASE kind.name WHEN 'instruction' THEN payment.id END
LEFT JOIN transition ON transition.payment = CASE kind.name WHEN 'transition' THEN payment.id END
LEFT JOIN anomaly ON anomaly.payment = CASE kind.name WHEN 'opening' THEN payment.id WHEN 'closing' THEN payment.id END
                  AND (kind.name = 'opening' OR anomaly.closed_at > anomaly.opened_at)
WHERE coalesce(callback.id, poll.id, instruction.id, transition.seq, anomaly.id) IS NOT NULL
ORDER BY at, kind.turn, coalesce(callback.id, poll.id, instruction.id, transition.seq, anomaly.id);

INSERT INTO schema_doc (object, "column", description) VALUES
('timeline', '', 'All that happened to a payment, in order: callbacks, questions, instructions, transitions, anomalies.'),
('timeline', 'account', 'The account''s name in the configuration.'),
('timeline', 'payment_id', 'The payment; always give it when you query.'),
('timeline', 'at', 'When it happened (UTC).'),
('timeline', 'what', 'callback, poll, transition, anomaly or instruction.'),
('timeline', 'summary', 'What happened, in words.'),
('timeline', 'evidence_id', 'The row that proves it: callback:N, poll:N or operator:N.');
