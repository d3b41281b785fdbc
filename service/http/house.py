"""The house, for handlers that need more of it than their work."""

from typing import Annotated

from fastapi import Depends, Request

from service.house import House


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


AtHome = Annotated[House, Depends(_house)]
