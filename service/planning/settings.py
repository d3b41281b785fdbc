"""The settings of planning, kept like any other value, under one id."""

from service.access.permission import Permission
from service.documents.kind import Kind
from service.planning.scope import PlanningSettings
from service.tables import SettingsRow

SETTINGS = Kind(
    "settings",
    "settings",
    PlanningSettings,
    SettingsRow,
    write=Permission.PLAN_EDIT,
    example={"time_zone": "Europe/Kyiv", "travel": {"great_circle": {"speed_kmh": 32}}, "freeze": "PT2H"},
)
