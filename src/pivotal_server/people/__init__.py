"""How people come in, and as what: sign-in links, sessions, invitations, members and their roles, workspaces."""
