"""What a role may do: members do the work, admins change the settings, the owner decides about admins."""

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.models import ROLES, Actor, Role

_WHO: dict[Role, str] = {
    "owner": "Only the workspace's owner may do this.",
    "admin": "Only admins of the workspace and its owner may do this.",
    "member": "Only members of the workspace may do this.",
}


def has_role(role: Role | None, least: Role) -> bool:
    """Return whether somebody with ``role`` may do what takes ``least``."""
    return role is not None and ROLES.index(role) <= ROLES.index(least)


def require(actor: Actor, least: Role) -> None:
    """Refuse an actor that does not have at least this role; every action on settings begins with it.

    Raises:
        ApiError: 403 ``insufficient_role``.
    """
    if not has_role(actor.role, least):
        raise ApiError(403, "insufficient_role", _WHO[least])
