"""Words of SOAP and EWS: namespaces, elements, errors."""

from datetime import UTC, datetime
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

S = "http://schemas.xmlsoap.org/soap/envelope/"
M = "http://schemas.microsoft.com/exchange/services/2006/messages"
T = "http://schemas.microsoft.com/exchange/services/2006/types"
E = "http://schemas.microsoft.com/exchange/services/2006/errors"

NS = {"s": S, "m": M, "t": T}
s = ElementMaker(namespace=S, nsmap=NS)
m = ElementMaker(namespace=M, nsmap=NS)
t = ElementMaker(namespace=T, nsmap=NS)

Element = Any


class EwsError(Exception):
    """What Exchange answers instead of doing it: one response message of class Error."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code, text)
        self.code, self.text = code, text or code


class Fault(EwsError):
    """The same as a SOAP fault, for what concerns the request as a whole."""

    def __init__(self, code: str, text: str = "", back_off: int | None = None) -> None:
        super().__init__(code, text)
        self.back_off = back_off

    def element(self) -> Element:
        detail = etree.Element("detail", nsmap={"e": E})
        etree.SubElement(detail, f"{{{E}}}ResponseCode").text = self.code
        etree.SubElement(detail, f"{{{E}}}Message").text = self.text
        if self.back_off is not None:
            detail.append(t.MessageXml(t.Value(str(self.back_off), Name="BackOffMilliseconds")))
        fault = s.Fault()
        etree.SubElement(fault, "faultcode").text = f"a:{self.code}"
        etree.SubElement(fault, "faultstring").text = self.text
        fault.append(detail)
        return fault


def envelope(body: Element) -> bytes:
    info = t.ServerVersionInfo(
        MajorVersion="15", MinorVersion="1", MajorBuildNumber="2507", MinorBuildNumber="6", Version="V2017_07_11"
    )
    return bytes(etree.tostring(s.Envelope(s.Header(info), s.Body(body)), xml_declaration=True, encoding="utf-8"))


def success(operation: str, *content: Element) -> Element:
    return m(f"{operation}ResponseMessage", m.ResponseCode("NoError"), *content, ResponseClass="Success")


def failure(operation: str, error: EwsError) -> Element:
    return m(
        f"{operation}ResponseMessage",
        m.MessageText(error.text),
        m.ResponseCode(error.code),
        m.DescriptiveLinkKey("0"),
        *([m.Items()] if operation in ("CreateItem", "GetItem", "UpdateItem", "CopyItem") else []),
        ResponseClass="Error",
    )


def response(operation: str, *messages: Element) -> Element:
    return m(f"{operation}Response", m.ResponseMessages(*messages))


def child(element: Element, path: str) -> Element:
    return element.find(path, NS)


def local(element: Element) -> str:
    return str(etree.QName(element).localname)


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def boolean(given: bool) -> str:
    return "true" if given else "false"
