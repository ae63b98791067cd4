CREATE VIEW subscriptions AS
SELECT account.name AS account, subscription.subscription_id AS subscription_id, subscription.reference AS reference,
       subscription.status AS status, subscription.state AS state, subscription.event AS event, subscription.plan AS plan,
       subscription.amount_minor AS amount_minor, subscription.currency AS currency, subscription.payment_id AS payment_id,
       paystate_time(subscription.renews_at) AS renews_at,
       paystate_time(subscription.active_until) AS active_until,
       subscription.paid_cycles AS paid_cycles,
       paystate_time(subscription.first_seen_at) AS first_seen_at,
       paystate_time(subscription.updated_at) AS updated_at,
       paystate_time(subscription.next_poll_at) AS next_poll_at
FROM subscription
JOIN account ON account.id = subscription.account;

INSERT INTO schema_doc (object, "column", description) VALUES
('subscriptions', '', 'An eComCharge subscription, as its last callback told: the one with the most paid cycles.'),
('subscriptions', 'account', 'The account''s name in the configuration.'),
('subscriptions', 'subscription_id', 'The gateway''s id, sbs_ and more.'),
('subscriptions', 'reference', 'The merchant''s tracking_id.'),
('subscriptions', 'status', 'The gateway''s word: trial, active, canceled, failed and others.'),
('subscriptions', 'state', 'trial, active, pending, past_due (a charge failed and is tried again), failed, cancelled, expired or unknown.'),
('subscriptions', 'event', 'created., renewed., failed. or canceled.subscription; older bodies have none.'),
('subscriptions', 'plan', 'The plan''s title, else its id.'),
('subscriptions', 'amount_minor', 'The plan''s amount in whole minor units.'),
('subscriptions', 'currency', 'ISO 4217 letters as the gateway sent them.'),
('subscriptions', 'payment_id', 'The uid of its last transaction; its money is in payments.'),
('subscriptions', 'renews_at', 'When it is charged next, as the gateway says (UTC).'),
('subscriptions', 'active_until', 'Until when what was paid holds, as the gateway says (UTC).'),
('subscriptions', 'paid_cycles', 'How many billing cycles were paid.'),
('subscriptions', 'first_seen_at', 'When Paystate first heard of it (UTC).'),
('subscriptions', 'updated_at', 'When Paystate last changed what it believes of it (UTC).'),
('subscriptions', 'next_poll_at', 'When the gateway is asked about it (UTC): only where somebody wants to know at once.');
