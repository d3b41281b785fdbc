"""All that is given, in one value whose references hold."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self, cast

from pydantic import BaseModel, Field, JsonValue, ModelWrapValidatorHandler, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from scheduler.domain.activity import Activity, Precedence, Requirement
from scheduler.domain.base import SCHEMA_VERSION, Instant, Value
from scheduler.domain.consistency import inconsistencies
from scheduler.domain.errors import InvalidInput, faults_of
from scheduler.domain.goal import Goal
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.plan import BookingKey, Plan
from scheduler.domain.resource import Resource, Room, Technician, TimeZone
from scheduler.domain.travel import Place, TravelTimes

LISTS = ("technicians", "rooms", "places", "activities", "precedences", "locks", "waivers")


class Problem(Value):
    """All that is given. Construction checks every reference and reports all faults at once.

    Attributes
    ----------
    horizon
        What is planned; bookings lie inside. At most 366 days.
    time_zone
        Whose calendar days `same_day` and `earliest-day` mean.
    now, freeze_until
        Nothing new starts before either; bookings of the standing plan that start before `freeze_until` stay.
    standing
        The plan that stands: where a search starts from, and what `reassigned` and `shifted` compare with.
    """

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    name: str = ""
    horizon: Interval
    time_zone: TimeZone = "UTC"
    now: Instant | None = None
    freeze_until: Instant | None = None
    technicians: tuple[Technician, ...] = ()
    rooms: tuple[Room, ...] = ()
    places: tuple[Place, ...] = ()
    activities: tuple[Activity, ...] = ()
    precedences: tuple[Precedence, ...] = ()
    travel: TravelTimes = TravelTimes()
    locks: tuple[Lock, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    goal: Goal = Goal()
    standing: Plan | None = None
    custom: dict[str, JsonValue] = {}

    @model_validator(mode="wrap")
    @classmethod
    def _consistent(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        errors: list[InitErrorDetails] = []
        try:
            problem = handler(data)
        except ValidationError as error:
            errors += [_line(e["loc"], e["msg"].removeprefix("Value error, "), e["input"]) for e in error.errors()]
            partial = _readable_part(cls, data) if isinstance(data, dict) else None
            errors += [_line(at, message) for at, message in inconsistencies(partial)] if partial else []
        else:
            errors += [_line(at, message) for at, message in inconsistencies(problem)]
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return problem

    @classmethod
    def read(cls, given: str | bytes | Mapping[str, Any], source: str = "") -> Self:
        """A problem from JSON text or from plain values. Raises InvalidInput with all faults."""
        try:
            return cls.model_validate_json(given) if isinstance(given, str | bytes) else cls.model_validate(dict(given))
        except ValidationError as error:
            raise InvalidInput(faults_of(error), source) from error

    @cached_property
    def activity(self) -> Mapping[str, Activity]:
        return MappingProxyType({a.id: a for a in self.activities})

    @cached_property
    def technician(self) -> Mapping[str, Technician]:
        return MappingProxyType({t.id: t for t in self.technicians})

    @cached_property
    def room(self) -> Mapping[str, Room]:
        return MappingProxyType({r.id: r for r in self.rooms})

    @cached_property
    def resource(self) -> Mapping[str, Resource]:
        return MappingProxyType({**self.technician, **self.room})

    @cached_property
    def place(self) -> Mapping[str, Place]:
        return MappingProxyType({p.id: p for p in self.places})

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything given; a plan carries the one of the problem it was made for."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def earliest_start(self) -> datetime:
        """Before this nothing new may start."""
        return max(m for m in (self.horizon.start, self.now, self.freeze_until) if m is not None)

    @property
    def active_locks(self) -> tuple[Lock, ...]:
        """The locks that have not run out."""
        return tuple(k for k in self.locks if k.until is None or self.now is None or self.now < k.until)

    def requirement(self, key: BookingKey) -> Requirement:
        return self.activity[key.activity].requirement(key.requirement)

    def with_lock(self, lock: Lock) -> Self:
        """This problem with one more lock."""
        return self.replace(locks=(*self.locks, lock))

    def with_waiver(self, waiver: Waiver) -> Self:
        """This problem with one more waiver."""
        return self.replace(waivers=(*self.waivers, waiver))

    def with_standing(self, plan: Plan | None) -> Self:
        """This problem, with `plan` as the plan that stands."""
        return self.replace(standing=plan)

    def replace(self, **changes: Any) -> Self:
        """This problem with other fields, checked anew. Raises InvalidInput with all faults."""
        return self.read({**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


def _line(location: tuple[int | str, ...], message: str, given: Any = None) -> InitErrorDetails:
    return InitErrorDetails(
        type=PydanticCustomError("inconsistent", cast(Any, message.replace("{", "{{").replace("}", "}}"))),
        loc=location, input=given,
    )


def _readable_part(cls: type[Problem], data: dict[str, Any]) -> Problem | None:
    """What can be read of a faulty problem, so that its references are checked in the same go."""
    fields: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        given = data.get(name)
        if name in LISTS and isinstance(given, list | tuple):
            fields[name] = tuple(_item(cast(Any, field.annotation).__args__[0], item) for item in given)
            continue
        try:
            fields[name] = field.get_default() if name not in data else TypeAdapter(field.annotation).validate_python(given)
        except ValidationError:
            fields[name] = None if name == "horizon" else field.get_default()
    return cls.model_construct(**fields) if fields["horizon"] is not None else None


def _item(kind: type[BaseModel], item: Any) -> BaseModel:
    """One element of a list; where it can't be read, a husk that still has its id, so that references to it hold."""
    try:
        return kind.model_validate(item)
    except ValidationError:
        known = item.get("id") if isinstance(item, dict) else None
        return Unreadable(id=known if isinstance(known, str) else "")


class Unreadable(BaseModel):
    """Stands for an element that has faults of its own."""

    id: str
