"""The workspace ``demo``: a made-up company with a year of history, so that there is something to look at."""
