"""Real CalDAV servers on this machine, each started in a folder of its own and stopped after the tests."""

import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from scheduler.sync.backends.caldav import CalDav, Login
from tests.sync import quick
from tests.sync.backends.ews import certificate

PASSWORD = "secret"
DOMAIN = "example.com"
START_SECONDS = 60
STOP_SECONDS = 30
MASTER = "/usr/sbin/cyrmaster"
HTTPD = "/usr/lib/cyrus/bin/httpd"


@dataclass
class Server:
    """One that runs.

    Attributes
    ----------
    home
        Its path of a mailbox's calendar home; `{user}` stands for the user.
    tokens
        Makes the server forget what its sync tokens mean, given a mailbox.
    group
        The process group that it runs in.
    imaps, lmtp
        Where mailboxes are read over TLS, and where mails for them are handed in.
    authority
        The certificate to trust for that.
    add
        Makes a user, where a server does not take whoever comes.
    """

    port: int
    home: str
    group: int
    invites: bool = False
    imaps: int = 0
    lmtp: str = ""
    authority: str = ""
    users: set[str] = field(default_factory=set)
    tokens: Callable[[str], None] | None = None
    add: Callable[[str], None] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def calendar(self, mailbox: str) -> str:
        return f"{self.home.format(user=user_of(mailbox))}{'Default' if self.invites else 'calendar'}/"

    def client(self, mailbox: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, auth=(user_of(mailbox), PASSWORD), timeout=30)

    def backend(self, port: int | None = None) -> CalDav:
        url = f"http://localhost:{port or self.port}{self.home}"
        return CalDav(url, Login("{user}", SecretStr(PASSWORD)), invites=self.invites)


AT_ONCE = """\
from radicale.__main__ import run
from radicale.server import RequestHandler
RequestHandler.disable_nagle_algorithm = True
run()
"""
"""Radicale, whose answers come in two parts, the second of which waits 40 ms for an acknowledgement of the first."""
RADICALE = """\
[server]
hosts = localhost:{port}
[auth]
type = none
[storage]
filesystem_folder = {store}
[logging]
level = error
"""


def user_of(mailbox: str) -> str:
    return mailbox.partition("@")[0]


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, no two alike."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def add_mailbox(server: Server, mailbox: str) -> str:
    """Make the user's calendar, where the server does not do so by itself."""
    user = user_of(mailbox)
    if user in server.users:
        return mailbox
    server.users.add(user)
    if server.add is not None:
        server.add(user)
        with server.client(mailbox) as client:  # calendars are made when their owner first comes
            assert client.request("PROPFIND", server.calendar(mailbox)).status_code == 207
        return mailbox
    with server.client(mailbox) as client:
        for method, path in (("MKCOL", server.home.format(user=user)), ("MKCALENDAR", server.calendar(mailbox))):
            answer = client.request(method, path)
            made_already = method == "MKCOL" and answer.status_code == 405
            assert answer.status_code == 201 or made_already, (method, path, answer.status_code, answer.text)
    return mailbox


@contextmanager
def radicale(folder: Path) -> Iterator[Server]:
    port = free_port()
    store = folder / "radicale"
    config = folder / "config"
    config.write_text(RADICALE.format(port=port, store=store))
    command = [sys.executable, "-c", AT_ONCE, "--config", str(config)]

    def forget(mailbox: str) -> None:
        """Radicale makes the folder anew when it is next asked for something."""
        cache = store / "collection-root" / user_of(mailbox) / "calendar" / ".Radicale.cache"
        if cache.exists():
            shutil.rmtree(cache)

    with _running(command, port) as group:
        yield Server(port, "/{user}/", group, tokens=forget)


@contextmanager
def xandikos(folder: Path) -> Iterator[Server]:
    port = free_port()
    store = folder / "xandikos"
    store.mkdir()
    command = [sys.executable, "-m", "xandikos", "serve", "-d", str(store), "-l", "localhost", "-p", str(port)]
    with _running(command, port) as group:
        yield Server(port, "/{user}/", group)


@contextmanager
def _running(command: list[str], port: int) -> Iterator[int]:
    """Runs in a process group of its own, and gives its id: Cyrus's master, told to stop, tells all of its group to."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{process.args} does not listen on {port}")


def seconds(group: int) -> float:
    """CPU time of all processes of a group, and of those that it has outlived."""
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            given = stat.read_text().rpartition(")")[2].split()
            found += sum(map(int, given[11:15])) if int(given[2]) == group else 0
    return found / os.sysconf("SC_CLK_TCK")


IMAPD = """\
configdirectory: {at}/config
partition-default: {at}/spool
defaultpartition: default
syslog_prefix: fieldplan-cyrus
lmtpsocket: {at}/socket/lmtp
idlesocket: {at}/socket/idle
notifysocket: {at}/socket/notify
proc_path: {at}/proc
mboxname_lockpath: {at}/lock
virtdomains: off
defaultdomain: {domain}
calendar_user_address_set: {domain}
servername: localhost
admins: cyrus
altnamespace: yes
unixhierarchysep: yes
autocreate_quota: 0
autocreate_post: yes
duplicatesuppression: no
conversations: no
httpmodules: caldav freebusy ischedule
httpallowcompress: no
caldav_allowscheduling: on
caldav_realm: fieldplan
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: alwaystrue
allowplaintext: yes
tls_required: no
tls_server_cert: {at}/certificate.pem
tls_server_key: {at}/key.pem
sendmail: /bin/true
"""
MASTER_CONF = """\
START {{
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C {at}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="imapd -C {at}/imapd.conf" listen="localhost:{imap}" prefork=0
  imaps cmd="imapd -s -C {at}/imapd.conf" listen="localhost:{imaps}" prefork=0
  http cmd="httpd -C {at}/imapd.conf" listen="localhost:{http}" prefork=1
  lmtpunix cmd="lmtpd -C {at}/imapd.conf" listen="{at}/socket/lmtp" prefork=0
}}
EVENTS {{
}}
"""


def missing_for_cyrus() -> str:
    if os.geteuid() != 0:
        return "Cyrus has to be started by root"
    lacks = [path for path in (MASTER, HTTPD) if not Path(path).exists()]
    return f"Cyrus is not installed (Debian: cyrus-imapd cyrus-caldav): no {', '.join(lacks)}" if lacks else ""


def skip_without_cyrus() -> None:
    """Says what is missing; in CI that is a failure."""
    if missing := missing_for_cyrus():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)


@contextmanager
def cyrus() -> Iterator[Server]:
    """IMAP, LMTP and CalDAV with scheduling. Shares nothing with another one: not the group of its processes either."""
    imap, imaps, http = free_ports(3)
    with quick.folder() as at:
        authority = _settle_in(at, imap=imap, imaps=imaps, http=http)
        command = [MASTER, "-C", f"{at}/imapd.conf", "-M", f"{at}/cyrus.conf", "-p", f"{at}/master.pid", "-D"]
        with _running(command, http) as group:
            home, add = "/dav/calendars/user/{user}/", partial(_make_inbox, imap)
            lmtp = f"{at}/socket/lmtp"
            yield Server(http, home, group, invites=True, imaps=imaps, lmtp=lmtp, authority=authority, add=add)


def _settle_in(at: Path, **ports: int) -> str:
    """Folders and settings, all of them Cyrus's own; gives the certificate."""
    for name in ("config", "spool", "socket", "proc", "lock"):
        (at / name).mkdir()
    authority, _ = certificate.make(at)
    (at / "imapd.conf").write_text(IMAPD.format(at=at, domain=DOMAIN))
    (at / "cyrus.conf").write_text(MASTER_CONF.format(at=at, **ports))
    owner = pwd.getpwnam("cyrus")
    for path in (at, *at.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return authority


def _make_inbox(port: int, user: str) -> None:
    with imaplib.IMAP4("localhost", port) as admin:
        admin.login("cyrus", PASSWORD)
        said = admin.create(f"user/{user}")
        assert said[0] == "OK", said
