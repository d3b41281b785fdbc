"""A request is one transaction: committed when the answer is made and before it is sent, undone on any error."""

from collections.abc import Callable, Coroutine
from typing import Any, get_type_hints

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from scheduler.domain.errors import Fault
from service.http.fields import Sparse
from service.http.idempotency import HEADER, Replay
from service.http.problems import ALWAYS, answers, invalid, translated
from service.http.unit import Unit


class Transacted(APIRoute):
    """A route whose handler takes its `Work` by `may(...)`. One that answers records shows some of their fields too."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        model = _answered(endpoint, given)
        if model is not None and given["methods"] == ["GET"]:
            given["dependencies"] = [*(given.get("dependencies") or ()), Depends(Sparse(model))]
        super().__init__(path, endpoint, **given)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = _parameters(self.dependant)

        async def transacted(request: Request) -> Response:
            unit = request.state.unit = Unit()
            request.state.body = await request.body() if HEADER in request.headers else b""
            try:
                _require_known(request, known)
                await _require_storable(request)
                response = await handle(request)
                if (shown := getattr(request.state, "shown", None)) is not None:
                    await run_in_threadpool(shown.cut, response)
                await run_in_threadpool(unit.commit, response)
                return response
            except Replay as replay:
                return replay.response
            except Exception as error:
                raise translated(error) from error
            finally:
                await run_in_threadpool(unit.close)

        return transacted


def _answered(endpoint: Callable[..., Any], given: dict[str, Any]) -> type[BaseModel] | None:
    """What the route is documented to answer, where that is a model."""
    model = given.get("response_model")
    if not isinstance(model, type):
        model = get_type_hints(endpoint).get("return")
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _parameters(dependant: Dependant) -> frozenset[str]:
    """Names of the query parameters; those of a model are its fields."""
    found: set[str] = set()
    for parameter in dependant.query_params:
        model = parameter.field_info.annotation
        grouped = isinstance(model, type) and issubclass(model, BaseModel)
        found |= set(model.model_fields) if grouped else {parameter.alias}  # type: ignore[union-attr]
    return frozenset(found).union(*map(_parameters, dependant.dependencies))


def _require_known(request: Request, known: frozenset[str]) -> None:
    if unknown := sorted(request.query_params.keys() - known):
        raise invalid([Fault(f"query.{name}", "is no parameter here; leave it out") for name in unknown])


async def _require_storable(request: Request) -> None:
    """PostgreSQL keeps no NUL character."""
    path, query = request.url.path, request.url.query
    if "\0" in path or "%00" in query or "\0" in query:
        raise invalid([Fault("", "holds a NUL character; leave it out")])
    if request.headers.get("content-type", "").startswith("application/json") and b"\\u0000" in await request.body():
        raise invalid([Fault("", "holds a NUL character (\\u0000); leave it out")])


def router(prefix: str = "", tag: str = "") -> APIRouter:
    """A router of transacted routes that documents what every route may refuse."""
    return APIRouter(prefix=prefix, tags=[tag] if tag else [], route_class=Transacted, responses=answers(*ALWAYS))
