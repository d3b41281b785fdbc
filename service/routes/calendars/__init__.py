"""Calendars: connections, mailboxes, questions, feeds, notices, notifications."""

from fastapi import APIRouter

from service.routes.calendars import connections, feeds, mailboxes, notices, notifications, questions

ROUTERS: tuple[APIRouter, ...] = (
    connections.ROUTER,
    mailboxes.ROUTER,
    questions.ROUTER,
    feeds.ROUTER,
    notices.ROUTER,
    notifications.ROUTER,
)
