"""Exchange Server by EWS: straight into staff's calendars, or as meetings of an organiser's mailbox."""

from scheduler.sync.backends.exchange.backend import Access, Exchange
from scheduler.sync.backends.exchange.signin import Basic, Ntlm, OAuth, SignIn

__all__ = ["Access", "Basic", "Exchange", "Ntlm", "OAuth", "SignIn"]
