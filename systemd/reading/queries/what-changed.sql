-- What changed since I last looked?
-- The change feed: seq has no gaps and follows the order of commits. Keep the last one that you have dealt with.
SELECT seq, recorded_at, account, payment_id, entity, entity_id, from_state, to_state, to_status, amount_minor, refunded_minor,
       evidence_id
FROM transitions WHERE seq > :seq ORDER BY seq LIMIT 500;
