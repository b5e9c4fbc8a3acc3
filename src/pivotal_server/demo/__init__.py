"""The workspace ``demo``: a made-up company with a year of history, so that there is something to look at.

``cast`` and ``words`` are who appears and what they say; ``story`` tells it as steps in time, with a ``Shop`` for each
customer, a ``Course`` of ``Work`` for each onboarding and ``prospects`` for who is no customer yet; ``player`` does the
steps through the product's own actions.
"""
