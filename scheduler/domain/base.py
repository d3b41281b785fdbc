"""What every value of the domain has in common: frozen, strict about unknown fields, instants in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import CoreSchema

SCHEMA_VERSION = 1
LONGEST = timedelta(days=366)

K = TypeVar("K")
V = TypeVar("V")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999; correct the date") from None


def _not_negative(length: timedelta) -> timedelta:
    if length < timedelta(0):
        raise ValueError("is negative; give a length of zero or more")
    return _not_too_long(length)


def _not_too_long(length: timedelta) -> timedelta:
    if abs(length) > LONGEST:
        raise ValueError(f"is longer than {LONGEST.days} days; shorten it or split what it belongs to")
    return length


class FrozenDict(dict[K, V]):
    """A dict that refuses changes, so that a frozen value stays as it was checked. Hashable when its values are."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("belongs to a frozen value; make a new value instead")

    __setitem__ = __delitem__ = __ior__ = _refuse
    pop = popitem = clear = update = setdefault = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(dict)  # so that defaults are shown in the JSON Schema


Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]

Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment. Kept in UTC, because Python subtracts two datetimes of one zone by the clock on the wall."""

Duration = Annotated[timedelta, AfterValidator(_not_negative)]
Lag = Annotated[timedelta, AfterValidator(_not_too_long)]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Names = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str], when_used="json")]
"""Names without an order; written sorted, so that equal values are written alike."""

Mapped = Annotated[dict[K, V], AfterValidator(FrozenDict)]
"""A dict of a frozen value: it refuses changes."""


class Value(BaseModel):
    """A frozen value: equal by content, changed only by making a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, but what was computed from the old content is forgotten."""
        copied = super().model_copy(update=update, deep=deep)
        fields = type(self).model_fields
        if len(copied.__dict__) > len(fields):
            for name in copied.__dict__.keys() - fields.keys():
                del copied.__dict__[name]
        return copied
