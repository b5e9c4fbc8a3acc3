"""Further ways to the same contacts: APIs that other tools know already, each at paths and in shapes of its own."""
