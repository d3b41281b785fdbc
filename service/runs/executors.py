"""Where the parts of a large problem are solved: more processes of this machine, or a Dask cluster."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

PROCESSES = "processes"
CONNECT_SECONDS = 10
RETRIES = 5
"""A part whose machine is lost is solved elsewhere, so often."""


@contextmanager
def opened(where: str) -> Iterator[Executor | None]:
    """The executor that `FIELDPLAN_EXECUTOR` names; None for the calling process itself.

    Raises
    ------
    ConnectionError
        The cluster does not answer.
    """
    if not where:
        yield None
    elif where == PROCESSES:
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"), initializer=end_with_parent) as pool:
            yield pool
    else:
        with _client(where) as client:
            yield client.get_executor(retries=RETRIES, pure=False)


def _client(address: str) -> Any:
    from distributed import Client

    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except OSError as error:
        raise ConnectionError(str(error)) from error


def end_with_parent() -> None:
    """A process of a pool whose owner was killed would wait for ever."""
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
