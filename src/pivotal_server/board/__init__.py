"""The onboardings of a workspace seen together: by phase, on a board."""
