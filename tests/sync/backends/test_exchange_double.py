"""The double has teeth: what Exchange refuses, it refuses."""

import urllib.error
import urllib.request
from base64 import b64encode
from typing import Any

import pytest
from lxml import etree

from scheduler.sync.backends.exchange import Exchange
from tests.sync.backends.contract import an_event
from tests.sync.backends.ews.fixtures import WithExchange
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.ews.soap import NS
from tests.sync.backends.people import OLENA

CALENDAR = '<t:DistinguishedFolderId Id="calendar"/>'
SUBJECT = '<t:FieldURI FieldURI="item:Subject"/><t:CalendarItem><t:Subject>x</t:Subject></t:CalendarItem>'
TIMES = "<t:Start>2027-03-15T10:00:00Z</t:Start><t:End>2027-03-15T09:00:00Z</t:End>"
SHAPE = (
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
    '<t:AdditionalProperties><t:FieldURI FieldURI="{}"/></t:AdditionalProperties></m:ItemShape>'
)


def update(id: str, change: str, *, key: str = "", how: str = "NeverOverwrite", send: bool = True) -> str:
    sending = ' SendMeetingInvitationsOrCancellations="SendToNone"' if send else ""
    named = f'Id="{id}"' + (f' ChangeKey="{key}"' if key else "")
    return (
        f'<m:UpdateItem ConflictResolution="{how}"{sending}><m:ItemChanges><t:ItemChange><t:ItemId {named}/>'
        f"<t:Updates>{change}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )


def create(item: str, sending: str = ' SendMeetingInvitations="SendToNone"') -> str:
    return f"<m:CreateItem{sending}><m:Items><t:CalendarItem>{item}</t:CalendarItem></m:Items></m:CreateItem>"


class TestTeeth(WithExchange):
    @pytest.fixture
    def id(self, backend: Exchange) -> str:
        return backend.create(OLENA, an_event()).remote_id

    def say(self, server: EwsServer, body: str, *, version: str = "Exchange2016", acting: str = OLENA) -> str:
        """The response code for a request that is written by hand."""
        spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in NS.items())
        who = f"<t:ConnectingSID><t:PrimarySmtpAddress>{acting}</t:PrimarySmtpAddress></t:ConnectingSID>"
        data = (
            f'<s:Envelope {spaces}><s:Header><t:RequestServerVersion Version="{version}"/>'
            f"<t:ExchangeImpersonation>{who}</t:ExchangeImpersonation></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        headers = {"Authorization": "Basic " + b64encode(b"robot:secret").decode(), "Content-Type": "text/xml"}
        request = urllib.request.Request(server.url, data.encode(), headers)
        try:
            answer: Any = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        found = etree.fromstring(answer.read()).iter("{*}ResponseCode")
        return next(str(one.text) for one in found)

    def test_versions_and_mailboxes(self, server: EwsServer) -> None:
        shape = "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
        body = f"<m:GetFolder>{shape}<m:FolderIds>{CALENDAR}</m:FolderIds></m:GetFolder>"
        assert self.say(server, body) == "NoError"
        assert self.say(server, body, version="Exchange2007") == "ErrorInvalidServerVersion"
        assert self.say(server, body, acting="nobody@example.com") == "ErrorNonExistentMailbox"
        assert self.say(server, body.replace("calendar", "root")) == "ErrorAccessDenied"

    @pytest.mark.parametrize(
        ("change", "more", "code"),
        [
            (f"<t:SetItemField>{SUBJECT}</t:SetItemField>", {}, "ErrorChangeKeyRequiredForWriteOperations"),
            (f"<t:SetItemField>{SUBJECT}</t:SetItemField>", {"key": "old"}, "ErrorIrresolvableConflict"),
            (f"<t:SetItemField>{SUBJECT}</t:SetItemField>", {"how": "AlwaysOverwrite"}, "NoError"),
            (f"<t:SetItemField>{SUBJECT}</t:SetItemField>", {"key": "old", "how": "AutoResolve"}, "NoError"),
            (
                f"<t:SetItemField>{SUBJECT}</t:SetItemField>",
                {"send": False},
                "ErrorSendMeetingInvitationsOrCancellationsRequired",
            ),
            (
                f"<t:SetItemField>{SUBJECT.replace('item:Subject', 'calendar:Location')}</t:SetItemField>",
                {"how": "AlwaysOverwrite"},
                "ErrorUpdatePropertyMismatch",
            ),
            (
                '<t:DeleteItemField><t:FieldURI FieldURI="calendar:Start"/></t:DeleteItemField>',
                {"how": "AlwaysOverwrite"},
                "ErrorInvalidPropertyDelete",
            ),
            (
                '<t:SetItemField><t:FieldURI FieldURI="calendar:UID"/>'
                "<t:CalendarItem><t:UID>x</t:UID></t:CalendarItem></t:SetItemField>",
                {"how": "AlwaysOverwrite"},
                "ErrorInvalidPropertySet",
            ),
        ],
    )
    def test_updates(self, server: EwsServer, id: str, change: str, more: dict[str, Any], code: str) -> None:
        assert self.say(server, update(id, change, **more)) == code

    def test_creates(self, server: EwsServer) -> None:
        assert self.say(server, create(TIMES)) == "ErrorCalendarEndDateIsEarlierThanStartDate"
        assert self.say(server, create(TIMES, "")) == "ErrorSendMeetingInvitationsRequired"
        assert self.say(server, create(f"<t:Subject>{'x' * 256}</t:Subject>{TIMES}")) == "ErrorInvalidPropertySet"

    def test_lists(self, server: EwsServer) -> None:
        find = (
            f'<m:FindItem Traversal="Shallow">{SHAPE}{{}}<m:ParentFolderIds>{CALENDAR}</m:ParentFolderIds></m:FindItem>'
        )
        view = '<m:CalendarView StartDate="2020-01-01T00:00:00Z" EndDate="{}-01-01T00:00:00Z"/>'
        assert self.say(server, find.format("item:Subject", view.format(2021))) == "NoError"
        assert self.say(server, find.format("item:Body", view.format(2021))) == "ErrorInvalidPropertyRequest"
        assert self.say(server, find.format("item:Subject", view.format(2027))) == "ErrorCalendarViewRangeTooBig"
