"""The shape of a VROOM request, as far as the domain has words for it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[int, Field(ge=0, le=250_000_000_000)]
Amounts = tuple[Annotated[int, Field(ge=0)], ...]
Window = tuple[Seconds, Seconds]
Location = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
Index = Annotated[int, Field(ge=0)]


class Shape(BaseModel):
    """Words outside of the domain are reported by `words.unknown`, so they are passed over here."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Costs(Shape):
    fixed: Annotated[float, Field(ge=0)] = 0
    per_hour: Annotated[float, Field(ge=0)] = 3600
    per_km: Annotated[float, Field(ge=0)] = 0


class Pause(Shape):
    id: int
    service: Seconds = 0
    time_windows: tuple[Window, ...] = ()


class Vehicle(Shape):
    id: int
    description: str = ""
    profile: str = "car"
    start: Location | None = None
    start_index: Index | None = None
    end: Location | None = None
    end_index: Index | None = None
    capacity: Amounts = ()
    costs: Costs = Costs()
    skills: tuple[int, ...] = ()
    time_window: Window | None = None
    breaks: tuple[Pause, ...] = ()
    speed_factor: Annotated[float, Field(gt=0, le=5)] = 1
    max_tasks: Annotated[int, Field(ge=0)] | None = None


class Job(Shape):
    id: int
    description: str = ""
    location: Location | None = None
    location_index: Index | None = None
    setup: Seconds = 0
    service: Seconds = 0
    delivery: Amounts = ()
    pickup: Amounts = ()
    skills: tuple[int, ...] = ()
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    time_windows: tuple[Window, ...] = ()


class Tables(Shape):
    durations: tuple[tuple[Seconds, ...], ...] | None = None
    distances: tuple[tuple[Seconds, ...], ...] | None = None


class Request(Shape):
    vehicles: tuple[Vehicle, ...] = Field(min_length=1)
    jobs: tuple[Job, ...] = ()
    matrices: dict[str, Tables] = {}
    matrix: tuple[tuple[Seconds, ...], ...] | None = None

    @property
    def tables(self) -> dict[str, Tables]:
        """The matrices by profile; the old single `matrix` serves `car`."""
        return {**({"car": Tables(durations=self.matrix)} if self.matrix else {}), **self.matrices}


Raw = dict[str, Any]
