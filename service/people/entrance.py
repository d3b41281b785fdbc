"""Coming in: by password, by the identity provider, by an invitation. Each ends in a session of a browser.

Nobody is let in because of an email address that a provider tells: whoever owns a directory can write any address
there. A person is who the provider's subject says, and that was bound to the user by an invitation.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.identity import Identity
from service.access.passes import Purpose, end_passes, find_user, new_pass
from service.access.passwords import hashed_password, is_password
from service.database import EVERY_TENANT, Database
from service.http.etag import require
from service.http.problems import Conflict, Unauthenticated
from service.people.users import shown
from service.tables import UserRow
from service.work import Work

WRONG = "the login or the password is wrong"
VOID = "this link was used or has expired; ask for a new one"


class Entrance:
    """For one request, which has no caller yet."""

    def __init__(self, database: Database, request: str, now: datetime) -> None:
        self._database, self._request, self._now = database, request, now

    def by_password(self, tenant: str, login: str, password: str) -> str:
        """The secret of a session. Hashes outside a transaction, for it takes time on purpose."""
        with self._database.reading(tenant) as session:
            asked = select(UserRow).where(UserRow.tenant == tenant, UserRow.login == login, UserRow.active)
            user = session.scalars(asked).one_or_none()
        if not is_password(password, None if user is None else user.password) or user is None:
            raise Unauthenticated(WRONG)
        return self._session_of(user)

    def by_identity(self, identity: Identity) -> str | None:
        """The secret of a session; None when nobody is bound to that identity."""
        user = self._bound(identity)
        return None if user is None or not user.active else self._session_of(user)

    def join(self, invitation: str, password: str | Identity) -> str:
        """Use an invitation up. The person signs in by that password, or as that identity, from now on."""
        invited = self.invited(invitation)
        if isinstance(password, Identity) and self._bound(password) is not None:
            raise Conflict("this identity is bound to a user already; sign in by it")
        given = password if isinstance(password, Identity) else hashed_password(password)
        with self._database.writing(invited.tenant) as session:
            user = find_user(session, invitation, Purpose.INVITATION, self._now)
            if user is None:
                raise Unauthenticated(VOID)
            work = self._work(session, user)
            if isinstance(given, Identity):
                user.issuer, user.subject, by = given.issuer, given.subject, "provider"
            else:
                user.password, by = given, "password"
            user.changed_at, user.changed_by = self._now, work.caller.user
            session.flush()
            end_passes(session, user)
            work.audit("join", "user", user.id, after={"by": by})
            return new_pass(session, user, Purpose.SESSION, self._now)

    def change_password(self, caller: Caller, old: str, new: str, if_match: str | None) -> str:
        """The secret of the one session that is left."""
        with self._database.reading(caller.tenant) as session:
            known = _user(session, caller)
        if known is not None:
            require(if_match, known.etag, shown(known))
        if known is None or not is_password(old, known.password):
            raise Unauthenticated(WRONG)
        hash = hashed_password(new)
        with self._database.writing(caller.tenant) as session:
            user = _user(session, caller)
            if user is None:
                raise Unauthenticated(WRONG)
            require(if_match, user.etag, shown(user))
            user.password, user.changed_at, user.changed_by = hash, self._now, caller.user
            end_passes(session, user)
            self._work(session, user).audit("password", "user", user.id)
            return new_pass(session, user, Purpose.SESSION, self._now)

    def invited(self, invitation: str) -> UserRow:
        with self._database.reading(EVERY_TENANT) as session:
            user = find_user(session, invitation, Purpose.INVITATION, self._now)
        if user is None:
            raise Unauthenticated(VOID)
        return user

    def _bound(self, identity: Identity) -> UserRow | None:
        asked = select(UserRow).where(UserRow.issuer == identity.issuer, UserRow.subject == identity.subject)
        with self._database.reading(EVERY_TENANT) as session:
            return session.scalars(asked).one_or_none()

    def _session_of(self, user: UserRow) -> str:
        with self._database.writing(user.tenant) as session:
            self._work(session, user).audit("sign-in", "user", user.id)
            return new_pass(session, user, Purpose.SESSION, self._now)

    def _work(self, session: Session, user: UserRow) -> Work:
        return Work(session, Caller(user.tenant, f"user:{user.id}", request=self._request), self._now)


def _user(session: Session, caller: Caller) -> UserRow | None:
    return session.get(UserRow, {"tenant": caller.tenant, "id": caller.user.removeprefix("user:")})
