"""The look of a workspace: its logo in both schemes, its colour, its icon; seen by everybody on every page."""
