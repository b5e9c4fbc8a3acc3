"""Who is calling and what they may do: workspaces, people, memberships, API keys, rate windows, the Actor."""
