"""Home: what needs somebody today, what comes next, and what the team did; the first steps of a new workspace."""
