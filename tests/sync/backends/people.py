"""Two people and a room, in whose calendars backends are tried."""

import pytest

OLENA, TARAS, HALL = "olena@example.com", "taras@example.com", "hall@example.com"


class WithPeople:
    @pytest.fixture
    def mailbox(self) -> str:
        return OLENA

    @pytest.fixture
    def attendee(self) -> str:
        return TARAS
