"""The least that FastAPI and SQLAlchemy can do: the same row, read and written by a route without any of our code.

`python -m benchmarks.load.bare DATABASE_URL PORT` serves it.
"""

import sys

import uvicorn
from fastapi import FastAPI, Request, Response
from sqlalchemy import Connection, create_engine, text


def bare(url: str) -> FastAPI:
    """A plan's JSON, read and written back."""
    engine, app = create_engine(url), FastAPI()
    kind = "jsonb" if engine.dialect.name == "postgresql" else "text"

    @app.get("/plans/{id}")
    def read(id: str) -> Response:
        with engine.connect() as connection:
            _see_all(connection)
            value = connection.scalar(text("select cast(value as text) from plans where id = :id"), {"id": id})
            return Response(value, media_type="application/json")

    @app.put("/plans/{id}")
    async def write(id: str, request: Request) -> Response:
        given = (await request.body()).decode()
        with engine.begin() as connection:
            _see_all(connection)
            connection.execute(
                text(f"update plans set value = cast(:value as {kind}) where id = :id"), {"value": given, "id": id}
            )
        return Response(status_code=204)

    def _see_all(connection: Connection) -> None:
        if kind == "jsonb":
            connection.execute(text("select set_config('fieldplan.tenant', '*', true)"))

    return app


if __name__ == "__main__":
    uvicorn.run(bare(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
