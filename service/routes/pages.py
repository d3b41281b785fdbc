"""The page where people sign in, where an invitation's link leads, and where the bare address does."""

from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.house import House
from service.http.permit import open_to_all

PAGES = Path(__file__).parents[1] / "pages"
KINDS = {".js": "text/javascript", ".css": "text/css"}
ROUTER = APIRouter(dependencies=[Depends(open_to_all)], include_in_schema=False)


@ROUTER.get("/")
def home() -> RedirectResponse:
    return RedirectResponse("/docs")


@ROUTER.get("/sign-in")
def sign_in(request: Request) -> HTMLResponse:
    house: House = request.app.state.house
    provided = "true" if house.provider is not None else "false"
    return HTMLResponse((PAGES / "sign-in.html").read_text(encoding="utf-8").replace("{provided}", provided))


@ROUTER.get("/sign-in.js")
def script() -> Response:
    return _part("sign-in.js")


@ROUTER.get("/sign-in.css")
def style() -> Response:
    return _part("sign-in.css")


def _part(name: str) -> Response:
    part = PAGES / name
    return Response(part.read_text(encoding="utf-8"), media_type=KINDS[part.suffix])
