-- What changed since I last looked?
-- The change feed: seq has no gaps and follows the order of commits. Keep the last one that you have dealt with. `moved_minor` is
-- what a change did to the balance.
SELECT seq, recorded_at, account, reference, payment_id, entity, entity_id, from_state, to_state, to_status, kind, amount_minor,
       moved_minor, currency, test, evidence_id
FROM transitions WHERE seq > :seq ORDER BY seq LIMIT 500;
