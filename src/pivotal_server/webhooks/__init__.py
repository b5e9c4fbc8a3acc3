"""Webhooks: the event catalogue, other people's endpoints, and the signed delivery of events to them."""
