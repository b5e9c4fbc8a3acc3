"""Benchmarks: the running server beside the limits of its own database, growth, memory, and deliveries.

Run as ``python -m bench`` (or ``make bench``); docs/developers/benchmarks.md says what is compared and how to read it.
"""
