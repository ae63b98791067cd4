-- What should a person look at?
-- Alarms stay open until evidence settles them; what they mean for a payment is told by its timeline.
SELECT opened_at, kind, account, coalesce(payment_id, checkout_token) AS subject, detail, evidence_id
FROM anomalies WHERE severity = 'alarm' AND closed_at IS NULL ORDER BY opened_at LIMIT 500;
