-- Version 5: retention, and a heartbeat that can be as heavy as a callback.

-- How far the emptying of bodies has come. Callbacks and polls are looked at in the order in which they were recorded.
CREATE TABLE pruning (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    finished_at INTEGER,                -- when it last came to its end; NULL: never
    callback INTEGER NOT NULL,          -- the last callback that was looked at
    poll INTEGER NOT NULL               -- the last poll
) STRICT;
INSERT INTO pruning (id, finished_at, callback, poll) VALUES (1, NULL, 0, 0);

-- Bodies that were passed by, old as they are, because something that is not settled rests on them: looked at each time.
CREATE TABLE needed_body (
    source TEXT NOT NULL CHECK (source IN ('callback', 'poll')),
    evidence INTEGER NOT NULL,          -- the number of the callback or poll
    PRIMARY KEY (source, evidence)
) STRICT, WITHOUT ROWID;

-- After a write that failed, the heartbeat takes along as much as a callback may need: a smaller one would prove nothing.
ALTER TABLE heartbeat ADD COLUMN ballast BLOB;
