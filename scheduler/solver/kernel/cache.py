"""Where machine code is kept: in `NUMBA_CACHE_DIR`, beside the sources, or in the user's own cache.

Numba keeps code only where it can write. An image is often built by one user and run by another who can write nowhere,
so a folder that already holds this version's code is good enough to read from, and code that can't be kept is used all
the same. Code belongs to what all files of the search say, not to when they were written.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba.core import caching

SOURCES = sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.rglob("*.py")))).hexdigest()

_caching: Any = caching
NOWHERE = _caching.NullCache()


class _Kept:
    """A place that holds code of this version, whether or not more can be written there."""

    def ensure_cache_path(self) -> None:
        path = Path(self.get_cache_path())  # type: ignore[attr-defined]
        names = (index.stem for index in path.glob("*.nbi"))
        if not any(_caching.IndexDataCacheFile(str(path), name, SOURCES)._load_index() for name in names):
            raise FileNotFoundError(path)


class _KeptWhereAsked(_Kept, _caching.UserProvidedCacheLocator):  # type: ignore[misc]
    pass


class _KeptBeside(_Kept, _caching.InTreeCacheLocator):  # type: ignore[misc]
    pass


class _Files(_caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_KeptWhereAsked, _KeptBeside, *_caching.CacheImpl._locator_classes)


class _Cache(_caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _Files

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file._source_stamp = SOURCES

    def save_overload(self, signature: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(signature, data)


def cache_for(function: Callable[..., Any]) -> Any:
    """Numba's cache for a function; one that keeps nothing where there is no place at all."""
    try:
        return _Cache(function)
    except RuntimeError:
        return NOWHERE


def is_kept(function: Any) -> bool:
    """Whether code for the function is there."""
    return function._cache is not NOWHERE and bool(function._cache._cache_file._load_index())
