"""Microsoft 365 by Microsoft Graph: straight into staff's calendars, or as meetings of an organiser's mailbox."""

from scheduler.sync.backends.graph.backend import Graph
from scheduler.sync.backends.graph.notifications import LASTS, Heard, Subscriptions
from scheduler.sync.backends.graph.signin import ByCertificate, BySecret, Delegated, SignIn, TokenCache

__all__ = [
    "LASTS",
    "ByCertificate",
    "BySecret",
    "Delegated",
    "Graph",
    "Heard",
    "SignIn",
    "Subscriptions",
    "TokenCache",
]
