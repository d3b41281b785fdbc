"""One file for each resource. A handler parses, makes one call, returns; `may` lets the caller in."""

from fastapi import APIRouter

from service.routes import (
    audit,
    bookings,
    calendars,
    documents,
    events,
    files,
    keys,
    my,
    oidc,
    plans,
    problem,
    publications,
    reports,
    requirements,
    runs,
    session,
    settings,
    users,
)

ROUTERS: tuple[APIRouter, ...] = (
    requirements.ROUTER,  # its addresses begin like those of activities
    *documents.ROUTERS,
    files.ROUTER,
    settings.ROUTER,
    problem.ROUTER,
    plans.ROUTER,
    publications.ROUTER,
    runs.ROUTER,
    events.ROUTER,
    bookings.ROUTER,
    *calendars.ROUTERS,
    reports.ROUTER,
    my.ROUTER,
    audit.ROUTER,
    session.ROUTER,
    oidc.ROUTER,
    oidc.CALLBACK,
    users.ROUTER,
    keys.ROUTER,
)
