"""The documentation at /docs: the Markdown of ``docs/`` and what is generated, as pages, as Markdown and for agents.

Everything is public, the same for everybody, and answered from memory. A ``Source`` brings documents; ``contents.yml``
says where they stand; the ``Library`` knows them all; ``Docs`` answers requests.
"""
