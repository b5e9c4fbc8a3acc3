"""The page engine: routes of pages, sessions, forms, rendering, the shell around every page, and its assets.

A slice's ``pages.py`` declares ``PageRoutes`` whose handlers get a ``Page``, call the slice's actions and queries, and
render a template of the slice; the blocks of that template are the fragments that htmx asks for.
"""
