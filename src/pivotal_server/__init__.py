"""Pivotal: a self-hosted platform for onboarding customers and keeping them."""
