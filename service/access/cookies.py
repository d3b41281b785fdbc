"""Cookies that no script reads and no other site sends along with a change."""

from fastapi import Request, Response

from service.settings import Settings

SESSION, SIGN_IN = "fieldplan", "fieldplan-sign-in"


def read_cookie(request: Request, settings: Settings, name: str) -> str | None:
    return request.cookies.get(_full(settings, name))


def write_cookie(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _full(settings, name), value, max_age=seconds, secure=settings.secure, httponly=True, samesite="lax"
    )


def clear_cookie(response: Response, settings: Settings, name: str) -> None:
    write_cookie(response, settings, name, "", 0)


def _full(settings: Settings, name: str) -> str:
    """Over HTTPS browsers take a cookie of this prefix from this host alone, never from a neighbour of its domain."""
    return f"__Host-{name}" if settings.secure else name
