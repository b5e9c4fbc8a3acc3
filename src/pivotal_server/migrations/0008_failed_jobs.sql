-- Jobs that failed for good are few, and stand among any number that wait: metrics count them, and clean-up looks for old
-- ones.
CREATE INDEX pgqueuer_failed ON pgqueuer (updated) WHERE status = 'failed';
