"""Making a workspace with everything that a new one has."""

from datetime import datetime

from pivotal_server.core.db import Connection
from pivotal_server.identity.models import Workspace
from pivotal_server.identity.people import add_member
from pivotal_server.identity.workspaces import create_workspace
from pivotal_server.leads.pipeline_actions import add_default_pipeline
from pivotal_server.onboardings.phases import add_default_phases


async def provision_workspace(
    connection: Connection,
    *,
    slug: str,
    name: str,
    now: datetime,
    owner_email: str | None = None,
    sample: bool = False,
) -> Workspace:
    """Make a workspace with its phases, its pipeline and, where an e-mail is given, its owner.

    Raises:
        WorkspaceError: the slug is taken or malformed.
    """
    async with connection.transaction():
        workspace = await create_workspace(connection, slug=slug, name=name, now=now, sample=sample)
        await add_default_phases(connection, workspace.id)
        await add_default_pipeline(connection, workspace.id, now)
        if owner_email:
            owner = owner_email.partition("@")[0]
            await add_member(connection, workspace.id, email=owner_email, name=owner, role="owner", now=now)
    return workspace
