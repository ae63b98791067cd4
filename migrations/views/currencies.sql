CREATE VIEW currencies AS
SELECT code, exponent, CAST('1' || substr('0000', 1, exponent) AS INTEGER) AS minor_units FROM currency;

INSERT INTO schema_doc (object, "column", description) VALUES
('currencies', '', 'The currencies that have a known exponent: for writing sums of minor units as decimal text.'),
('currencies', 'code', 'ISO 4217 letters.'),
('currencies', 'exponent', 'How many digits stand after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.'),
('currencies', 'minor_units', 'How many minor units make one: 100 for EUR, 1 for JPY, 1000 for KWD.');
