"""Pivotal: a self-hosted platform for onboarding customers and keeping them."""

__version__ = "0.1.0"
