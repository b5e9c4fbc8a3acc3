"""Messages: the texts that Pivotal writes to people, with merge fields; a workspace may have its own words for them."""
