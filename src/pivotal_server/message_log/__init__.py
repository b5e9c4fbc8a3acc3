"""The log of messages: what was written to and by each contact, over any channel, and how far it got."""
