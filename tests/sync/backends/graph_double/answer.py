"""What the double answers."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    status: int = 200
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Problem(Exception):
    """An error as Graph words it."""

    def __init__(self, status: int, code: str, message: str = "", **headers: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.code = code
        said = {"code": code, "message": message or code}
        self.answer = Answer(status, {"error": said}, {"request-id": "r-1", **headers})
