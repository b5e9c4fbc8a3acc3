"""The audit log in the settings: who did what to what in a workspace, when, and from where."""
