"""Forms: what somebody typed, validated by the API's own models, with each problem beside its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pivotal_server.core.validation import explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails
    from starlette.datastructures import FormData

    from pivotal_server.core.errors import ApiError

Model = TypeVar("Model", bound=BaseModel)

# The same problems as over the API, in the words of a page.
_PLAIN = {
    "missing": "Fill this in.",
    "string_too_short": "Fill this in.",
    "string_too_long": "At most {max_length} characters.",
    "too_long": "At most {max_length} of them.",
    "int_parsing": "A whole number, such as 1200.",
    "int_from_float": "A whole number, such as 1200.",
    "int_type": "A whole number, such as 1200.",
    "float_parsing": "A number, such as 12.5.",
    "bool_parsing": "Yes or no.",
    "greater_than_equal": "At least {ge}.",
    "less_than_equal": "At most {le}.",
    "date_from_datetime_parsing": "A date, such as 2026-05-26.",
}
_PLAIN_MESSAGES = {
    "Invalid email": "This is not an e-mail address.",
    "Invalid url": "A web address that begins with https://.",
    "Invalid datetime": "This is not a date.",
    "Invalid date": "This is not a date.",
    "Required": "Fill this in.",
    "Invalid": "This has characters that do not belong here.",
}


class Form(Generic[Model]):
    """A form that was sent, or one that is shown for the first time.

    Attributes:
        values: what is in the fields, as it was typed.
        errors: what is wrong, by field; under ``""`` what is wrong with no field in particular.
        body: the validated model, or None where something is wrong.
    """

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})
        self.errors: dict[str, str] = {}
        self.body: Model | None = None

    @classmethod
    def read(cls, data: FormData, model: type[Model], extra: Mapping[str, Any] | None = None) -> Form[Model]:
        """Return the form of ``data``: an empty field is null where the model allows that, and missing where not.

        Args:
            data: what the browser sent; of a field that the model has as a list, every value counts.
            model: the action's own body.
            extra: values that the page has in another shape than a field.
        """
        form = cls({name: data.getlist(name) if len(data.getlist(name)) > 1 else data[name] for name in data})
        values = {**_values(data, model), **(extra or {})}
        try:
            form.body = model.model_validate(values, strict=False)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                form.errors.setdefault(_field_of(detail), _plain(detail))
        return form

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    @property
    def error(self) -> str | None:
        """What is wrong with no field in particular."""
        return self.errors.get("")

    def refuse(self, error: ApiError) -> None:
        """Put what an action refused beside the field that it names."""
        field = (error.field or "").partition(".")[0]
        self.errors[field] = _PLAIN_MESSAGES.get(error.message, error.message)


def _values(data: FormData, model: type[BaseModel]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        given = [value for value in data.getlist(name) if isinstance(value, str)]
        if not given:
            continue
        if "list[" in str(field.annotation):
            values[name] = [value.strip() for value in given if value.strip()]
        elif given[-1].strip():
            values[name] = given[-1].strip()
        elif "None" in str(field.annotation):
            values[name] = None
        elif field.is_required():
            values[name] = ""
    return values


def _field_of(detail: ErrorDetails) -> str:
    return str(detail["loc"][0]) if detail["loc"] else ""


def _plain(detail: ErrorDetails) -> str:
    words = _PLAIN.get(detail["type"])
    if words is not None:
        return words.format(**detail.get("ctx", {}))
    message = explain(detail).message
    return _PLAIN_MESSAGES.get(message, message)
