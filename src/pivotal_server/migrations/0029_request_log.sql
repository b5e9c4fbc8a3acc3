-- The log of API requests in the settings: which error it was, and errors, few among all, in their own order.
ALTER TABLE request_log ADD COLUMN error_code text;
CREATE INDEX request_log_errors ON request_log (workspace_id, created_at DESC) WHERE status >= 400;
