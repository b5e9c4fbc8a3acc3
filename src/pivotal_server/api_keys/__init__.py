"""API keys as admins of a workspace make and revoke them in the app; what a key is stands in ``identity``."""
