"""The `fieldplan` command: composes readers, solver and writers."""

import sys


def main() -> None:
    """Run the command; exit 2 with every fault on a line when what was given can't be used."""
    from scheduler.cli.app import app
    from scheduler.cli.say import complain
    from scheduler.domain.errors import FieldplanError

    try:
        app()
    except (FieldplanError, OSError) as error:
        sys.exit(complain(error))
