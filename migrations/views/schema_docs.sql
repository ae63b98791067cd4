-- The views are the public interface: their names are plural, and columns are only ever added. Times are UTC text, amounts whole
-- minor units beside decimal text, flags 0 or 1. Each view is one file with what its columns mean. All of them are laid down anew
-- when any of these files has changed, after the steps of the schema.
--
-- Written once for every engine: the functions paystate_time, of milliseconds, paystate_amount, of minor units and exponent,
-- paystate_now, in milliseconds, and paystate_larger and paystate_smaller, of two numbers and NULL if either is, are functions of the
-- schema in PostgreSQL, and become plain expressions where the SQLite engine lays the views down. Sums are cast, since they are no
-- integers in PostgreSQL; conditions are flags by CASE or CAST.

CREATE VIEW schema_docs AS SELECT object, "column", description FROM schema_doc;

INSERT INTO schema_doc (object, "column", description) VALUES
('schema_docs', '', 'What every view and column means.'),
('schema_docs', 'object', 'The view that is described.'),
('schema_docs', 'column', 'The column; empty for the view itself.'),
('schema_docs', 'description', 'What it means.');
