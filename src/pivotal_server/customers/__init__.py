"""Customers: the central record, which contacts and onboardings hang off."""
