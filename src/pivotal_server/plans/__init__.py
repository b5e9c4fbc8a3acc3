"""Plans: what happens to tasks when their onboarding, the phases or a calendar change; nothing is stored here."""
