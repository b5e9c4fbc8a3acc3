"""The log of events: everything that subscribers are told, readable for thirty days."""
