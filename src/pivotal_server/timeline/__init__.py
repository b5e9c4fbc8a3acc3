"""Activity and audit: who did what, when, to what; one entry serves as both, so the two cannot disagree."""
