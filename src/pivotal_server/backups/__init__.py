"""Backups: everything that an installation has, in one file that proves itself, and back again (decision 0021)."""
