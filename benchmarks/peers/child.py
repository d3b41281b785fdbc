"""A peer in a process of its own, single-threaded, so that its CPU seconds and its peak memory are its own."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from benchmarks.peers.routing import Found, Routes, Routing

KILOBYTES_PER_MEGABYTE = 1024
Solve = Callable[[Routing, float, int], Routes]
"""Routing, CPU seconds, seed."""


def in_child(solve: Solve, routing: Routing, seconds: float, seed: int) -> Found:
    """Run a peer in a fresh process and return what it found and used."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_one_thread) as pool:
        return pool.submit(_measured, solve, routing, seconds, seed).result()


def _one_thread() -> None:
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def _measured(solve: Solve, routing: Routing, seconds: float, seed: int) -> Found:
    begin = time.process_time()
    found = Found(solve(routing, seconds, seed), time.process_time() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_MEGABYTE
    return replace(found, memory_mb=round(peak, 1))
