"""Reminders: mail to a customer's contacts about what is overdue on their side, by themselves or when asked for."""
