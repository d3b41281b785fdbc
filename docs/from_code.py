"""What the documentation takes from the code, so that it can't go stale: rules, terms, fields of values, all names."""

import ast
import inspect
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from pydantic import BaseModel
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.pycode import ModuleAnalyzer

import scheduler
from scheduler.domain.goal import Goal, Term
from scheduler.solver.rules import RULES, TermRule

Row = tuple[str, ...]


class Rules(Directive):
    """A table of the hard rules, in reporting order: id, meaning, unit of a breach."""

    def run(self) -> list[nodes.Node]:
        rows = (
            (rule.id, _text(inspect.getmodule(rule).__doc__), rule.unit)
            for rule in RULES
            if not isinstance(rule, TermRule)
        )
        return [_table(("rule", "meaning", "unit of a breach"), (16, 66, 18), rows)]


class Terms(Directive):
    """A table of the goal's terms: name, formula, unit, the rule that reports a limit exceeded."""

    def run(self) -> list[nodes.Node]:
        formulas = ModuleAnalyzer.for_module("scheduler.domain.goal").find_attr_docs()
        rules = {rule.term: rule for rule in RULES if isinstance(rule, TermRule)}
        weights = {term: f"{weight:g} on level {level + 1}" for term, level, weight in Goal()}
        rows = (
            (term.value, _text("\n".join(formulas["Term", term.name])), rules[term].unit, weights.get(term, ""))
            for term in Term
        )
        return [_table(("term", "value", "unit", "weight by default"), (18, 56, 12, 14), rows)]


def _text(doc: str | None) -> str:
    return " ".join((doc or "").split())


def _table(head: Row, widths: Sequence[int], rows: Iterable[Row]) -> nodes.table:
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(_row(row, code_first=True) for row in rows))
    return nodes.table("", group)


def _row(cells: Row, code_first: bool = False) -> nodes.row:
    return nodes.row("", *(_entry(cell, code_first and n == 0) for n, cell in enumerate(cells)))


def _entry(cell: str, is_code: bool) -> nodes.entry:
    return nodes.entry("", nodes.paragraph("", "", *([nodes.literal("", cell)] if is_code else _marked(cell))))


def _marked(text: str) -> Iterator[nodes.Node]:
    """Backticks mark code, as they do in the docstrings."""
    for n, piece in enumerate(text.split("`")):
        if piece:
            yield nodes.literal("", piece) if n % 2 else nodes.Text(piece)


def plain_signature(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str, str] | None:
    """Values are made by keyword; what pydantic shows as their signature is too long to read."""
    return ("(**fields)", "") if isinstance(obj, type) and issubclass(obj, BaseModel) else None


def list_attributes(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Attributes as a list of terms: napoleon takes several names on a line for a name and its type."""
    if what in ("class", "exception") and "Attributes" in lines:
        head = lines.index("Attributes")
        given = lines[head + 2 :]
        lines[head:] = [", ".join(f"`{n}`" for n in x.split(", ")) if x and x[0] != " " else x for x in given]


def add_fields(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Behind a value's docstring, its fields as they stand in the code; behind an enum's, its members."""
    if isinstance(obj, type) and issubclass(obj, BaseModel | Enum) and obj is not Term:
        lines += ["", ".. code-block:: python", "", *("   " + line for line in _fields(obj)), ""]


def _fields(obj: type) -> Iterator[str]:
    body = ast.parse(inspect.getsource(obj)).body[0]
    assert isinstance(body, ast.ClassDef)
    for statement in body.body:
        target = statement.target if isinstance(statement, ast.AnnAssign) else None
        if isinstance(target, ast.Name) or isinstance(statement, ast.Assign):
            yield from ast.unparse(statement).splitlines()


def require_all_names(app: Sphinx, env: Any) -> None:
    """The reference speaks of every public name."""
    documented = {name.removeprefix("scheduler.") for name, *_ in env.get_domain("py").get_objects()}
    if missing := sorted(set(scheduler.__all__) - documented):
        raise ExtensionError(f"docs/api.md lacks {', '.join(missing)}")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("fieldplan-rules", Rules)
    app.add_directive("fieldplan-terms", Terms)
    app.connect("autodoc-process-signature", plain_signature)
    app.connect("autodoc-process-docstring", list_attributes, priority=400)  # napoleon's is 500
    app.connect("autodoc-process-docstring", add_fields)
    app.connect("env-check-consistency", require_all_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
