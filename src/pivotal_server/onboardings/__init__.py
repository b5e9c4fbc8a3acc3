"""Onboardings: a customer's way through the workspace's phases to launch, with its SLA clock."""
