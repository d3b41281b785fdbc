"""One file for each resource. A handler parses, makes one call, returns; `may` lets the caller in."""

from fastapi import APIRouter

from service.routes import audit, documents

ROUTERS: tuple[APIRouter, ...] = (*documents.ROUTERS, audit.ROUTER)
