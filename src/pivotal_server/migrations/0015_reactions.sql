-- What workers do by themselves when something has happened: the outbox tells them who did it, and also of entries that
-- have no event of their own.

ALTER TABLE outbox
    -- NULL: the row tells of the event of its time.
    ADD COLUMN entry_id text COLLATE "C",
    -- NULL in rows of the version before this one.
    ADD COLUMN actor_type text,
    ADD COLUMN actor_id text,
    ADD COLUMN actor_name text;
