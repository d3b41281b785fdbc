"""Values are frozen all the way down, and refuse lengths and moments that can't be kept."""

import copy
import pickle
from datetime import timedelta

import pytest
from pydantic import ValidationError

from scheduler.domain.activity import Activity, Precedence
from scheduler.domain.base import FrozenDict
from scheduler.domain.interval import Interval
from tests.builders import activity


def test_a_field_can_not_be_set() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        activity("a").name = "other"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.__setitem__("x", 1),
        lambda d: d.__delitem__("kg"),
        lambda d: d.__ior__({"x": 1}),
        lambda d: d.update(x=1),
        lambda d: d.setdefault("x", 1),
        lambda d: d.pop("kg"),
        lambda d: d.popitem(),
        lambda d: d.clear(),
    ],
)
def test_a_dict_of_a_value_can_not_be_changed(change) -> None:
    load = activity("a", load={"kg": 3}).load
    with pytest.raises(TypeError, match="frozen"):
        change(load)
    assert load == {"kg": 3}


def test_a_default_dict_is_frozen_too() -> None:
    with pytest.raises(TypeError):
        activity("a").load["kg"] = 1


def test_a_frozen_dict_copies_pickles_and_hashes() -> None:
    given = FrozenDict({"a": 1, "b": 2})
    assert pickle.loads(pickle.dumps(given)) == copy.deepcopy(given) == given
    assert isinstance(copy.deepcopy(given), FrozenDict)
    assert hash(given) == hash(FrozenDict({"b": 2, "a": 1}))


def test_a_value_hashes_by_content() -> None:
    assert len({activity("a", load={"kg": 3}), activity("a", load={"kg": 3}), activity("a")}) == 2


def test_the_caller_keeps_the_dict_that_was_given() -> None:
    load = {"kg": 3.0}
    given = activity("a", load=load)
    load["kg"] = 5.0
    assert given.load == {"kg": 3.0}


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="nonsense"):
        activity("a", nonsense=1)


@pytest.mark.parametrize("length", [timedelta(seconds=-1), timedelta(days=367)])
def test_a_duration_lies_between_zero_and_a_year(length: timedelta) -> None:
    with pytest.raises(ValidationError, match=r"is negative|is longer"):
        Activity(id="a", duration=length)


def test_a_lag_may_be_negative_but_not_endless() -> None:
    assert Precedence(before="a", after="b", min_lag=-timedelta(hours=1)).min_lag < timedelta(0)
    with pytest.raises(ValidationError, match="is longer"):
        Precedence(before="a", after="b", min_lag=-timedelta(days=400))


@pytest.mark.parametrize("amount", [-1, float("inf"), float("nan")])
def test_an_amount_is_finite_and_not_negative(amount: float) -> None:
    with pytest.raises(ValidationError):
        activity("a", load={"kg": amount})


def test_a_moment_beyond_the_calendar_is_a_fault_and_no_crash() -> None:
    with pytest.raises(ValidationError, match="years"):
        Interval.model_validate({"start": "0001-01-01T00:00:00+10:00", "end": "2026-01-01T00:00:00Z"})
