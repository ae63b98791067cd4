-- What should a person look at?
-- An alarm is open until evidence settles it. Reads every anomaly: they are few.
SELECT opened_at, kind, account, coalesce(payment_id, checkout_token) AS subject, detail, evidence_id
FROM anomalies WHERE severity = 'alarm' AND closed_at IS NULL ORDER BY opened_at LIMIT 500;
