"""Reader of `field` instances: a file holds the recipe alone, the generator draws the rest."""

import json
from dataclasses import asdict
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from benchmarks.sets.base import FormatError
from benchmarks.sets.field.generator import Recipe, draw
from benchmarks.sets.field.instance import Instance


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    set: Literal["field"]
    variant: Literal["full", "routing", "plain"]
    activities: int = Field(ge=1)
    days: int = Field(ge=1)
    seed: int = Field(ge=0)


def recognises(text: str) -> bool:
    """Whether the text is a recipe of this set."""
    if not text.lstrip().startswith("{") or '"field"' not in text[:200]:
        return False
    try:
        given = json.loads(text)
    except json.JSONDecodeError:
        return False
    return isinstance(given, dict) and given.get("set") == "field"


def parse(text: str, name: str) -> Instance:
    """Draw the instance of a recipe; raises pydantic's `ValidationError`, or `FormatError` for another file's name."""
    given = _File.model_validate_json(text)
    recipe = Recipe(given.variant, given.activities, given.days, given.seed)
    if name != recipe.name:
        raise FormatError(f"the file is called {name}, its recipe {recipe.name}; rename it or mend the recipe")
    return draw(recipe)


def write(recipe: Recipe) -> str:
    """Write a recipe."""
    return json.dumps({"set": "field", **asdict(recipe)}) + "\n"
