"""Sample workspaces: a made-up company's year to look around in, made by the workers, and removed again."""
