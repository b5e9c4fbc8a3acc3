"""Custom fields and tags of customers and onboardings: what values fit, and how lists are searched by them."""
