"""Tasks: what has to be done in an onboarding, by whom and when, and why then."""
