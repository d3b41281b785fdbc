"""The mail server by which people are told what was written into their calendars. Its password is encrypted."""

from typing import Any

from pydantic import ValidationError

from scheduler.domain.errors import faults_of
from scheduler.sync.connections.secrets import Vault
from scheduler.sync.connections.settings import MailServerSettings
from scheduler.sync.notice.changes import Patience, Quiet
from service.calendars.masking import masked, unmasked
from service.http.etag import require
from service.http.problems import Missing, invalid
from service.tables import SettingsRow
from service.work import Work

MAIL, KIND = "mail", "mail server"


class Notices(MailServerSettings, Patience):
    """The mail server that takes messages, and which of them wait. Night is on the clocks of the planning settings."""

    def quiet(self, time_zone: str) -> Quiet:
        return Quiet(shift=self.shift, night=self.night, time_zone=time_zone)


def find(work: Work) -> SettingsRow:
    row = _look(work)
    if row is None:
        raise Missing("no mail server was given; nobody is told by mail")
    return row


def _look(work: Work) -> SettingsRow | None:
    return work.session.get(SettingsRow, {"tenant": work.tenant, "id": MAIL})


def shown(row: SettingsRow) -> dict[str, Any]:
    """With a mask in place of the password."""
    names = ("id", "etag", "changed_at", "changed_by")
    return {**{name: getattr(row, name) for name in names}, "value": masked(row.value)}


def put(work: Work, vault: Vault, value: dict[str, Any], if_match: str | None) -> tuple[SettingsRow, bool]:
    """The row, and whether it is new. A mask instead of the password leaves it as it is."""
    row = _look(work)
    if row is not None:
        require(if_match, row.etag, shown(row))
    try:
        found = Notices.model_validate(unmasked(value, row.value if row else None, vault), context=vault)
    except ValidationError as error:
        raise invalid(faults_of(error)) from None
    before = None if row is None else shown(row)["value"]
    made = row or SettingsRow(tenant=work.tenant, id=MAIL)
    made.value, made.changed_at, made.changed_by = found.model_dump(mode="json"), work.now, work.caller.user
    work.session.add(made)
    work.audit("change" if row else "create", KIND, MAIL, before=before, after=shown(made)["value"])
    work.session.flush()
    return made, row is None


def remove(work: Work, if_match: str | None) -> None:
    row = find(work)
    require(if_match, row.etag, shown(row))
    work.audit("delete", KIND, MAIL, before=shown(row)["value"])
    work.session.delete(row)
    work.session.flush()
