"""The contract on Microsoft Graph, against our strict double of it."""

from tests.sync.backends.contract import BackendContract
from tests.sync.backends.graph_double.fixtures import WithGraph


class TestGraph(WithGraph, BackendContract):
    pass
