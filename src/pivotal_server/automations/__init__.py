"""Automations: what happens by itself when an onboarding launches, unless a workspace has switched it off."""
