"""The pages of customers: the list, and all that there is about one, of whatever slice it is."""
