"""What callers send beside the library's own values."""

from pydantic import BaseModel, ConfigDict


class Given(BaseModel):
    """The body of a request. A field that nobody knows is told, like a misspelt parameter.

    Each one shows itself by an example: `class Undo(Given, json_schema_extra=shown_by({"number": 7}))`.
    """

    model_config = ConfigDict(extra="forbid")


def shown_by(example: dict[str, object]) -> dict[str, object]:
    return {"examples": [example]}
