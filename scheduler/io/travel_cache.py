"""Travel times that were asked for once, kept in a SQLite file or in memory."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self


class Leg(NamedTuple):
    """One drive; None where there is no way, or the server told no distance."""

    seconds: float | None
    metres: float | None


Spot = str
Pair = tuple[Spot, Spot]

_TABLE = """create table if not exists leg (
    source text, start text, end text, seconds real, metres real, primary key (source, start, end)
) without rowid"""


class TravelCache:
    """Drives by source (server and profile), start and end. Without a path it lasts as long as the object."""

    def __init__(self, path: Path | None = None) -> None:
        self._db = sqlite3.connect(":memory:" if path is None else str(path), timeout=30)
        self._db.execute(_TABLE)

    def known(self, source: str, start: Spot) -> dict[Spot, Leg]:
        """The drives from one start, by end."""
        rows = self._db.execute("select end, seconds, metres from leg where source = ? and start = ?", (source, start))
        return {end: Leg(seconds, metres) for end, seconds, metres in rows}

    def keep(self, source: str, legs: Iterable[tuple[Pair, Leg]]) -> None:
        rows = [(source, *pair, *leg) for pair, leg in legs]
        with self._db:
            self._db.executemany("insert or replace into leg values (?, ?, ?, ?, ?)", rows)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
