"""Pages for people: where they sign in, where an invitation's link leads, the API's documentation, the bare address.

All that a page loads comes from here, so that it works where nothing else can be reached.
"""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from service.house import House
from service.http.permit import always_open

PAGES = Path(__file__).parents[1] / "pages"
SWAGGER = Path(str(files("fastapi_offline"))) / "static"
PARTS = (
    PAGES / "sign-in.js",
    PAGES / "sign-in.css",
    PAGES / "docs.js",
    SWAGGER / "swagger-ui-bundle.js",
    SWAGGER / "swagger-ui.css",
)
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
ROUTER = APIRouter(dependencies=[Depends(always_open)], include_in_schema=False)


@ROUTER.get("/")
def home() -> RedirectResponse:
    return RedirectResponse("/docs")


@ROUTER.get("/sign-in")
def sign_in(request: Request) -> HTMLResponse:
    house: House = request.app.state.house
    provided = "true" if house.provider is not None else "false"
    return HTMLResponse((PAGES / "sign-in.html").read_text(encoding="utf-8").replace("{provided}", provided))


def _sending(part: Path) -> Callable[[], FileResponse]:
    def send() -> FileResponse:
        return FileResponse(part, media_type=KINDS[part.suffix])

    return send


ROUTER.get("/docs")(_sending(PAGES / "docs.html"))
for part in PARTS:
    ROUTER.get(f"/{part.name}")(_sending(part))
