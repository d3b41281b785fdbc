"""Users: made by an admin, who hands them an invitation; they choose how to sign in themselves."""

from datetime import datetime
from secrets import token_hex
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from sqlalchemy import or_, select

from scheduler.domain.errors import Fault
from service.access.passes import Purpose, end_passes, new_pass
from service.access.permission import ALLOWED, Role
from service.http.etag import require
from service.http.found import found
from service.http.given import Given, shown_by
from service.http.problems import Conflict, invalid
from service.people.granting import faults_of_resource, require_may_grant
from service.tables import UserRow
from service.tables.base import ID_LENGTH
from service.work import Work

Login = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=ID_LENGTH, pattern=r"^\S+$")
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=ID_LENGTH)]

OLENA = {"login": "olena@example.com", "name": "Olena", "role": "technician", "resource": "olena"}


class User(Given, json_schema_extra=shown_by(OLENA)):
    """A person. Technicians name the technician that they are in `resource`; others leave it out."""

    login: Login
    name: Name
    role: Role
    resource: Annotated[str | None, Field(max_length=ID_LENGTH)] = None
    active: bool = True


class KnownUser(User):
    """A person with its version. `signs_in_by` says which ways it has: none before it joined."""

    id: str
    signs_in_by: list[str]
    created_at: datetime
    etag: str
    changed_at: datetime
    changed_by: str


def shown(row: UserRow) -> KnownUser:
    ways = {"password": row.password, "provider": row.subject}
    return KnownUser(
        **_value(row),
        id=row.id,
        signs_in_by=[way for way, given in ways.items() if given is not None],
        created_at=row.created_at,
        etag=row.etag,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def find_user(work: Work, id: str) -> UserRow:
    return found(work, UserRow, id, "user")


def find_self(work: Work) -> UserRow:
    """The person who calls."""
    return find_user(work, work.caller.user.removeprefix("user:"))


def create_user(work: Work, user: User) -> UserRow:
    _require_sound(work, user)
    require_may_grant(work, ALLOWED[user.role])
    row = UserRow(tenant=work.tenant, id=token_hex(8), created_at=work.now)
    _fill(work, row, user)
    work.session.add(row)
    work.session.flush()
    work.audit("create", "user", row.id, after=_value(row))
    return row


def change_user(work: Work, id: str, user: User, if_match: str | None) -> UserRow:
    row = find_user(work, id)
    require(if_match, row.etag, shown(row))
    require_may_grant(work, ALLOWED[Role(row.role)] | ALLOWED[user.role])
    before = _value(row)
    if before == user.model_dump(mode="json"):
        return row
    _require_sound(work, user, row)
    if row.role == Role.ADMIN and not (user.active and user.role is Role.ADMIN):
        _require_another_admin(work, row)
    _fill(work, row, user)
    if not user.active:
        end_passes(work.session, row)
    work.session.flush()
    work.audit("change", "user", id, before=before, after=_value(row))
    return row


def remove_user(work: Work, id: str, if_match: str | None) -> None:
    row = find_user(work, id)
    require(if_match, row.etag, shown(row))
    require_may_grant(work, ALLOWED[Role(row.role)])
    if row.role == Role.ADMIN:
        _require_another_admin(work, row)
    work.audit("delete", "user", id, before=_value(row))
    work.session.delete(row)
    work.session.flush()


def invite(work: Work, row: UserRow) -> str:
    """The secret of a link by which the person chooses how to sign in: new people, and those who forgot."""
    require_may_grant(work, ALLOWED[Role(row.role)])
    if not row.active:
        raise Conflict(f"user {row.id!r} is not active; make it active first")
    work.audit("invite", "user", row.id)
    return new_pass(work.session, row, Purpose.INVITATION, work.now)


def usable_admins(work: Work) -> list[UserRow]:
    """Admins who can sign in. Until the end of the transaction nobody else changes them."""
    can_sign_in = or_(UserRow.password.is_not(None), UserRow.subject.is_not(None))
    asked = select(UserRow).where(UserRow.tenant == work.tenant, UserRow.role == Role.ADMIN.value, UserRow.active)
    return list(work.session.scalars(asked.where(can_sign_in).order_by(UserRow.id).with_for_update()))


def _require_another_admin(work: Work, row: UserRow) -> None:
    if not any(other.id != row.id for other in usable_admins(work)):
        raise Conflict("nobody else could manage people then; make somebody else an admin who can sign in first")


def _require_sound(work: Work, user: User, known: UserRow | None = None) -> None:
    faults = list(faults_of_resource(work, user.role, user.resource))
    same = select(UserRow.id).where(UserRow.tenant == work.tenant, UserRow.login == user.login)
    if (work.session.scalar(same) or None) not in (None, known and known.id):
        faults.append(Fault("login", f"{user.login!r} is somebody else's; choose another one"))
    if faults:
        raise invalid(faults)


def _fill(work: Work, row: UserRow, user: User) -> None:
    for name, value in user.model_dump(mode="json").items():
        setattr(row, name, value)
    row.changed_at, row.changed_by = work.now, work.caller.user


def _value(row: UserRow) -> dict[str, Any]:
    """What people may see, in the audit too: no hash of a password."""
    return {name: getattr(row, name) for name in User.model_fields}
