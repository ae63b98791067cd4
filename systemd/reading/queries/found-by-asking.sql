-- What did asking find before a callback told it?
-- The newest first. `told_at` is when a callback said the same after all; NULL means that it has not come.
SELECT recorded_at, account, payment_id, from_state, to_state, to_status, kind, moved_minor, evidence_id,
       (SELECT min(received_at) FROM callbacks
        WHERE callbacks.payment_id = transitions.payment_id AND callbacks.account = transitions.account
          AND effect = 'unchanged' AND status = to_status AND received_at > recorded_at) AS told_at
FROM transitions WHERE source = 'poll' AND entity = 'payment' ORDER BY seq DESC LIMIT 100;
