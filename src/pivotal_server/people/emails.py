"""Reading an e-mail address that somebody wrote, or somebody else's server."""

from pydantic import TypeAdapter, ValidationError

from pivotal_server.core.validation import Email

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


def read_email(value: object) -> str | None:
    """Return the address in lower case, or None where it is none."""
    try:
        return _EMAIL.validate_python(value)
    except ValidationError:
        return None
