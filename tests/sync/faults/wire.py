"""A line for anything that speaks TCP, encrypted or not: it breaks after so many bytes."""

import socket
import threading
from contextlib import suppress


class Wire:
    """Listens on a port of its own, for a server on this machine, until it is closed.

    Attributes
    ----------
    sent, answered
        Bytes that went to the server and came back, over all connections.
    cut_sent, cut_answered
        The connection breaks, on both sides, when that many bytes would be passed.
    """

    def __init__(self, port: int, *, cut_sent: int | None = None, cut_answered: int | None = None) -> None:
        self.target, self.sent, self.answered = port, 0, 0
        self.cut_sent, self.cut_answered = cut_sent, cut_answered
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("localhost", self.target))
                for way in ((client, server, "sent"), (server, client, "answered")):
                    threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, giver: socket.socket, taker: socket.socket, way: str) -> None:
        """Until one side ends, or enough went over."""
        most: int | None = getattr(self, f"cut_{way}")
        with suppress(OSError):
            while data := giver.recv(65536):
                left = len(data) if most is None else max(0, most - getattr(self, way))
                taker.sendall(data[:left])
                setattr(self, way, getattr(self, way) + len(data[:left]))
                if left < len(data):
                    break
        for end in (giver, taker):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
