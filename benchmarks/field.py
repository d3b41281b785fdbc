"""Write recipes of the set `field`: what the generator draws is told by variant, size and seed."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.sets.field import Recipe, write

SIZES = {"routing": (300, 1000, 5000), "plain": (300,), "full": (100, 300, 1000, 5000, 20000)}
"""By variant. VROOM needs a matrix, PyVRP one for each set of skills, so theirs end earlier."""


def field(
    folder: Annotated[Path, typer.Argument(help="A folder of your data folder; made where it is not there.")],
    seeds: Annotated[int, typer.Option(help="Seeds 1 to N.", min=1)] = 3,
) -> None:
    """Write the recipes of the usual instances, a few bytes each."""
    folder.mkdir(parents=True, exist_ok=True)
    for variant, sizes in SIZES.items():
        for recipe in (Recipe.usual(variant, size, seed) for size in sizes for seed in range(1, seeds + 1)):
            (folder / f"{recipe.name}.json").write_text(write(recipe), encoding="utf-8")
    typer.echo(f"{seeds * sum(map(len, SIZES.values()))} recipes in {folder}")
