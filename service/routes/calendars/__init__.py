"""Calendars: connections, mailboxes, questions, feeds, notifications."""

from fastapi import APIRouter

from service.routes.calendars import connections, feeds, mailboxes, notifications, questions

ROUTERS: tuple[APIRouter, ...] = (
    connections.ROUTER,
    mailboxes.ROUTER,
    questions.ROUTER,
    feeds.ROUTER,
    notifications.ROUTER,
)
