-- The log of deliveries in the settings, narrowed to test events: few among those of a live endpoint.
CREATE INDEX deliveries_of_tests ON deliveries (workspace_id, endpoint_id, created_at DESC) WHERE NOT livemode;
