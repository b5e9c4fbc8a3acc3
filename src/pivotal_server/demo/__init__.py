"""The workspace ``demo``: a made-up company with a year of history, so that there is something to look at.

``cast`` and ``words`` are who appears and what they say; ``story`` tells it as steps in time, with a ``Shop`` for each
customer and a ``Course`` of ``Work`` for each onboarding; ``player`` does the steps through the product's own actions.
"""
