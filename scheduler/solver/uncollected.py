"""The garbage collector stays away while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Have nobody look through a large problem, again and again, for garbage that there is not. Decorates functions."""
    if not gc.isenabled():  # whoever is in charge of that switches it on again
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
