"""The settings' pages of custom fields, and what editing one does to the customers and onboardings that have it."""
