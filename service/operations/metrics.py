"""Numbers for Prometheus: requests of this process; runs and the outbox as the database has them."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from service.database import EVERY_TENANT, Database
from service.documents.kinds.calendar import TOPIC
from service.tables import OutboxRow, RunRow
from service.work import utc_now

OPEN = ("queued", "running", "stopping")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The numbers of one process."""

    def __init__(self, database: Database) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("fieldplan_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "fieldplan_request_seconds", "Until the answer began.", labels[:2], registry=self.registry, buckets=BUCKETS
        )
        self.registry.register(_Kept(database))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        method = method if method in METHODS else "other"  # callers think of what they like
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _Kept(Collector):
    """What every process of the service would say alike."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield from list(self._counted())
            up = 1
        except SQLAlchemyError:
            up = 0
        yield GaugeMetricFamily("fieldplan_database_up", "Whether the database answers.", up)

    def _counted(self) -> Iterator[GaugeMetricFamily]:
        with self._database.reading(EVERY_TENANT) as session:
            counted = select(RunRow.status, func.count()).where(RunRow.status.in_(OPEN)).group_by(RunRow.status)
            counts = {status: count for status, count in session.execute(counted)}
            oldest = session.scalar(select(func.min(RunRow.created_at)).where(RunRow.status == "queued"))
            left = (OutboxRow.done_at.is_(None), OutboxRow.topic == TOPIC)
            waiting = session.scalar(select(func.count()).where(*left))
        runs = GaugeMetricFamily("fieldplan_runs", "Runs that have not ended.", labels=("status",))
        for status in OPEN:
            runs.add_metric((status,), counts.get(status, 0))
        yield runs
        age = 0.0 if oldest is None else (utc_now() - oldest).total_seconds()
        yield GaugeMetricFamily("fieldplan_run_queue_seconds", "How long the oldest queued run waits.", max(0.0, age))
        yield GaugeMetricFamily("fieldplan_outbox", "Changes that calendars do not show yet.", waiting or 0)
