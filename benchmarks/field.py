"""Write the set `field`: recipes, which tell the generator variant, size and seed, or other solvers' input files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.peers import PEERS
from benchmarks.peers.files import FILES
from benchmarks.peers.views import routing_of
from benchmarks.sets.field import FIELD, Recipe, draw, write

SIZES = {"routing": (300, 1000, 5000), "plain": (300,), "full": (100, 300, 1000, 5000, 20000)}
"""By variant. VROOM needs a matrix, PyVRP one for each set of skills, so theirs end earlier."""


def field(
    folder: Annotated[Path, typer.Argument(help="A folder of your data folder; made where it is not there.")],
    seeds: Annotated[int, typer.Option(help="Seeds 1 to N.", min=1)] = 3,
    peer: Annotated[str, typer.Option(help=f"Instead of recipes the input files of one: {', '.join(FILES)}.")] = "",
) -> None:
    """Write the recipes of the usual instances, a few bytes each, or what another solver can express of them."""
    if peer and peer not in FILES:
        raise typer.BadParameter(f"there are no files of {peer}, only of {', '.join(FILES)}")
    folder.mkdir(parents=True, exist_ok=True)
    for variant, sizes in SIZES.items():
        for recipe in (Recipe.usual(variant, size, seed) for size in sizes for seed in range(1, seeds + 1)):
            for name, text in _files(recipe, peer):
                (folder / name).write_text(text, encoding="utf-8")
                typer.echo(folder / name)


def _files(recipe: Recipe, peer: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of a recipe, or of a peer's input; say what keeps it from there being any."""
    if not peer:
        yield f"{recipe.name}.json", write(recipe)
        return
    instance = draw(recipe)
    if lacking := PEERS[peer].unsupported(FIELD, instance):
        typer.echo(f"{recipe.name}: {peer} cannot express {lacking}")
        return
    ending, written = FILES[peer]
    yield f"{recipe.name}.{ending}", written(routing_of(FIELD, instance))
