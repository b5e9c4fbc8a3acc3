"""Leads: people who are no customers yet, on their way through the stages of a pipeline.

A lead is a row of ``contacts`` with a pipeline. Once it is won it has a customer as well, and is a contact besides.
"""
