"""All that is given, in one value whose references hold."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Self, cast, get_args, get_origin

from pydantic import (
    BaseModel,
    Field,
    JsonValue,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from scheduler.domain.activity import Activity, Precedence, Requirement
from scheduler.domain.base import SCHEMA_VERSION, FrozenDict, Instant, Mapped, Value
from scheduler.domain.consistency import adjustments, inconsistencies
from scheduler.domain.consistency.known import Found, Path
from scheduler.domain.errors import InvalidInput, faults_in, faults_of
from scheduler.domain.goal import Goal
from scheduler.domain.interval import Interval, Intervals
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.plan import BookingKey, Plan
from scheduler.domain.resource import Resource, Room, Technician, TimeZone
from scheduler.domain.travel import Place, TravelTimes


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
    custom: Mapped[str, JsonValue] = FrozenDict()

    @model_validator(mode="wrap")
    @classmethod
    def _consistent(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        errors: list[InitErrorDetails] = []
        try:
            problem = handler(data)
        except ValidationError as error:
            errors += [_line(e["type"], e["loc"], e["msg"], e["input"]) for e in error.errors(include_url=False)]
            found = _between_the_readable(cls, data)
        else:
            found = inconsistencies(problem)
        errors += [_line("inconsistent", path, message, _given(data, path)) for path, message in found]
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
        return FrozenDict({a.id: a for a in self.activities})

    @cached_property
    def technician(self) -> Mapping[str, Technician]:
        return FrozenDict({t.id: t for t in self.technicians})

    @cached_property
    def room(self) -> Mapping[str, Room]:
        return FrozenDict({r.id: r for r in self.rooms})

    @cached_property
    def resource(self) -> Mapping[str, Resource]:
        return FrozenDict({**self.technician, **self.room})

    @cached_property
    def place(self) -> Mapping[str, Place]:
        return FrozenDict({p.id: p for p in self.places})

    @cached_property
    def _days(self) -> dict[str, Mapping[date, Intervals]]:
        return {}

    def working_days(self, technician: Technician) -> Mapping[date, Intervals]:
        """The working spans inside the horizon, by day; found once, and only for who is asked about."""
        if technician.id not in self._days:
            self._days[technician.id] = technician.working_hours.days(self.horizon)
        return self._days[technician.id]

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything given, alike for equal problems; a plan carries the one of its problem."""
        given = self.model_dump(mode="json", exclude={"travel": {"matrices"}})
        digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode())
        for profile, matrix in sorted(self.travel.matrices.items()):
            digest.update(json.dumps([profile, *matrix.places]).encode())
            for table in (matrix.seconds, matrix.metres):
                digest.update(b"none" if table is None else table.tobytes())
        return digest.hexdigest()

    @property
    def earliest_start(self) -> datetime:
        """Before this nothing new may start."""
        return max(m for m in (self.horizon.start, self.now, self.freeze_until) if m is not None)

    @cached_property
    def active_locks(self) -> tuple[Lock, ...]:
        """The locks that have not run out."""
        return tuple(lock for lock in self.locks if lock.active(self.now))

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

    def adjusted(
        self,
        *,
        now: datetime | None,
        freeze_until: datetime | None,
        locks: tuple[Lock, ...],
        waivers: tuple[Waiver, ...],
        goal: Goal,
        standing: Plan | None,
    ) -> Self:
        """This problem with other moments, overrides, goal and standing plan, which alone are checked.

        Raises InvalidInput with all faults.
        """
        changes = {"now": now, "freeze_until": freeze_until, "locks": locks, "waivers": waivers, "goal": goal}
        stands = self.standing if standing == self.standing else standing
        made = self.model_copy(update={**changes, "standing": stands})
        if found := adjustments(made, self):
            raise InvalidInput(faults_in({"loc": path, "type": "", "msg": message} for path, message in found))
        return made

    def replace(self, **changes: Any) -> Self:
        """This problem with other fields, checked anew. Raises InvalidInput with all faults."""
        return self.read({**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


def _line(kind: str, location: Path, message: str, given: Any) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(cast(Any, kind), cast(Any, message)), loc=location, input=given)


def _given(data: Any, path: tuple[Any, ...]) -> Any:
    """What was given at that path, None where there is nothing."""
    for part in path:
        try:
            data = getattr(data, part) if isinstance(data, BaseModel) else data[part]
        except (AttributeError, LookupError, TypeError):
            return None
    return data


def _between_the_readable(model: type[Problem], data: Any) -> list[Found]:
    """The inconsistencies between those parts of a faulty problem that can be read."""
    if not isinstance(data, dict):
        return []
    fields = {name: _read(field, data[name]) for name, field in model.model_fields.items() if name in data}
    missing = {name for name, field in model.model_fields.items() if name not in data and field.is_required()}
    unread = {name for name, value in fields.items() if value is UNREAD}
    partial = model.model_construct(**{name: value for name, value in fields.items() if value is not UNREAD})
    return inconsistencies(partial, frozenset(unread | missing))


def _read(field: FieldInfo, given: Any) -> Any:
    """The field's value, lists element by element; UNREAD where it can't be read."""
    annotation: Any = field.annotation
    if get_origin(annotation) is tuple and isinstance(given, list | tuple):
        return tuple(_element(get_args(annotation)[0], item) for item in given)
    try:
        return TypeAdapter(Annotated[annotation, field]).validate_python(given)
    except ValidationError:
        return UNREAD


def _element(kind: type[BaseModel], item: Any) -> BaseModel:
    """One element of a list; where it can't be read, a husk that still has its id, so that references to it hold."""
    try:
        return kind.model_validate(item)
    except ValidationError:
        known = item.get("id") if isinstance(item, dict) else None
        return Unreadable(id=known if isinstance(known, str) else "")


UNREAD = object()


class Unreadable(BaseModel):
    """Stands for an element that has faults of its own."""

    id: str
