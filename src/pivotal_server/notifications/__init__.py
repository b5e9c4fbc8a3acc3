"""Notifications: what teammates are told of, in the app and by e-mail, and what they want to be told of."""
