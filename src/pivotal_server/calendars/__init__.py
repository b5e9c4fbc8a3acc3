"""Working calendars: which days people work on, for a workspace and for the customers that differ from it."""
