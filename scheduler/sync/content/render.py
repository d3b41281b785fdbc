"""Templates to text: sandboxed, and everything that is put into HTML is escaped."""

from collections.abc import Mapping
from functools import cache

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from scheduler.sync.content.words import WORDS, Language


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("scheduler.sync.content"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lines"] = _lines
    return environment


def _lines(text: str) -> Markup:
    """The text with its line ends as HTML shows them."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


def render(template: str, language: Language, values: Mapping[str, object]) -> str:
    """The text of a template in `templates/`; `t` in it holds the words of the language."""
    said = _environment().get_template(template).render(**values, t=WORDS[language])
    return said.strip()
