"""The general settings of a workspace as its admins see them: its name, and the calendar that everybody works by."""
