"""Contacts: the people at a customer, one of whom is the primary contact."""
