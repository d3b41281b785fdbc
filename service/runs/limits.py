"""Limits of a process, set by itself before it begins."""

import sys


def limit_memory(count: int) -> None:
    """Let this process have no more than so many bytes of its own. Only Linux counts what is really used.

    Address space would be the wrong measure: threads and compiled code reserve much that they never touch.
    """
    if count and sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (count, count))


def largest_memory() -> int:
    """The most that was resident so far, in bytes; 0 where it can't be known."""
    if sys.platform == "win32":
        return 0
    import resource

    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else found * 1024
