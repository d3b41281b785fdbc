"""What every value of the domain has in common: frozen, strict about unknown fields, instants in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

SCHEMA_VERSION = 1

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _not_negative(length: timedelta) -> timedelta:
    if length < timedelta(0):
        raise ValueError("is negative; give a length of zero or more")
    return length


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment. Kept in UTC, because Python subtracts two datetimes of one zone by the clock on the wall."""

Duration = Annotated[timedelta, AfterValidator(_not_negative)]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Value(BaseModel):
    """A frozen value: equal by content, changed only by making a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")
