"""The delivery engine: spreads events over endpoints, claims what is due, sends it, records what came of it.

Three statements and a POST: ``fan_out`` turns outbox rows into deliveries, ``claim`` takes a lease on those that are
due, ``send`` makes the request with no transaction open, ``record`` writes the attempt and what follows from it,
guarded by the lease. Whatever dies in between leaves a row that is due again when its lease ends: nothing is lost, and
something is sent twice only where a kill fell between the request and its record.
"""
