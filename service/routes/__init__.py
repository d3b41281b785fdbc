"""One file for each resource. A handler parses, makes one call, returns; `may` lets the caller in."""

from fastapi import APIRouter

from service.routes import audit, bookings, documents, plans, problem, publications, settings

ROUTERS: tuple[APIRouter, ...] = (
    *documents.ROUTERS,
    settings.ROUTER,
    problem.ROUTER,
    plans.ROUTER,
    publications.ROUTER,
    bookings.ROUTER,
    audit.ROUTER,
)
