"""Invitations by mail (iTIP over iMIP): sent by SMTP, answered into a mailbox."""

from scheduler.sync.backends.itip.backend import ITip
from scheduler.sync.backends.itip.inbox import Inbox
from scheduler.sync.backends.itip.reply import read_answer
from scheduler.sync.backends.itip.sending import Outgoing

__all__ = ["ITip", "Inbox", "Outgoing", "read_answer"]
