"""The app whose routes are gone through, and a tenant with something of everything."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from scheduler.sync.connections.secrets import new_key
from service.app import create_app
from service.settings import Settings
from tests.service.matrix.filled import Filled


@pytest.fixture
def app(database_url: str) -> FastAPI:
    return create_app(Settings(database_url=database_url, demo=False, workers=0, keys=SecretStr(new_key())))


@pytest.fixture
def filled(anybody: TestClient, app: FastAPI) -> Filled:
    return Filled(app)
