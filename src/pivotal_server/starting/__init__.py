"""Starting an onboarding: its customer, where need be, the onboarding, and its plan, all at once."""
