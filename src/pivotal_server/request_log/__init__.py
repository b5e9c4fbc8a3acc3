"""The log of API requests in the settings: what a workspace's own systems asked for, and what they were answered."""
