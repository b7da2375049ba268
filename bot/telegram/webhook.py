"""Receives updates by webhook, and answers what supervisors and Prometheus ask: `/healthz`, `/readyz`, `/metrics`.

Telegram repeats an update until it gets a 200 (Bot API, setWebhook), and gives the next of the same chat only then.
So a 200 means: answered and marked as done. Everything else is 503 with `Retry-After`, and nothing is lost.
Needs the extra `webhook` (tornado).
"""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.telegram import logs
from bot.telegram.desk import Desk
from bot.telegram.health import Health
from bot.telegram.intake import parse
from bot.telegram.metrics import CONTENT_TYPE, Metrics

LARGEST = 1 << 20  # bytes; an update with a message of 4,096 characters and all its entities has below 100,000
LATER = 5  # seconds after which Telegram may come again, where the store is down or this process stops
SOON = 1  # where another worker is at it
FINISH_SECONDS = 25.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name


class Updates(RequestHandler):
    """Takes one update to its end, then answers."""

    def initialize(self, server: Server) -> None:
        """See RequestHandler."""
        self.server = server

    async def post(self) -> None:
        """200 when the update is done, also when it is malformed: it would be so the next time. 403, 503."""
        server = self.server
        given = self.request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), server.secret.encode()):
            server.metrics.event("wrong-secret")
            self.set_status(403)
            return
        server.open += 1
        try:
            self._answer(await server.take(self.request.body))
        finally:
            server.open -= 1
            server.ended.set()

    def _answer(self, seconds: int) -> None:
        if seconds:
            self.set_status(503)
            self.set_header("Retry-After", str(seconds))


class Probe(RequestHandler):
    """`/healthz`: the event loop runs. `/readyz`: the work is done, too."""

    def initialize(self, server: Server) -> None:
        """See RequestHandler."""
        self.server = server

    async def get(self, kind: str) -> None:
        """JSON; 503 where it is not ready."""
        ready, report = self.server.health.report()
        if kind == "healthz":
            report = {"alive": True}
        elif not ready:
            self.set_status(503)
        self.write(report)


class Numbers(RequestHandler):
    """`/metrics`."""

    def initialize(self, server: Server) -> None:
        """See RequestHandler."""
        self.server = server

    async def get(self) -> None:
        """Prometheus's text format."""
        self.set_header("Content-Type", CONTENT_TYPE)
        self.write(self.server.metrics.text())


class Server:
    """One for a process. Without `desk` it has no way for updates, only the probes."""

    def __init__(
        self, bot: Bot, health: Health, metrics: Metrics, desk: Desk | None = None, url: str = "", secret: str = ""
    ) -> None:
        self.bot = bot
        self.health = health
        self.metrics = metrics
        self.secret = secret
        self.open = 0
        self.ended = asyncio.Event()
        self._desk = desk
        mine = {"server": self}
        ways: list[Any] = [(r"/(healthz|readyz)", Probe, mine), (r"/metrics", Numbers, mine)]
        if desk is not None:
            ways.append((urlsplit(url).path or "/", Updates, mine))
        # No line for each request: its path may hold what an operator keeps secret.
        application = Application(ways, log_function=lambda _: None)
        self._http = HTTPServer(application, max_body_size=LARGEST, idle_connection_timeout=120)

    def listen(self, host: str, port: int) -> None:
        """Listens; several processes may share the port. Raises OSError."""
        self._http.add_sockets(bind_sockets(port, host, reuse_port=True))

    async def take(self, body: bytes) -> int:
        """Takes an update to its end. 0 where it is done, else the seconds after which it may come again."""
        assert self._desk is not None
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict) or type(raw.get("update_id")) is not int:
            return self._malformed()
        update = parse(raw, self.bot)
        if update is None:
            return self._malformed()
        result = await self._desk.take(update)
        if result == "done":
            self.health.heard()
            self.health.store_heard()
            return 0
        return SOON if result == "held" else LATER

    def _malformed(self) -> int:
        logs.event("malformed")
        self.metrics.event("malformed")
        return 0

    async def close(self) -> None:
        """Takes no more updates, finishes those at hand, closes all connections."""
        self._http.stop()
        if self._desk is not None:
            self._desk.stopping = True
        deadline = asyncio.get_running_loop().time() + FINISH_SECONDS
        while self.open and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self.ended.clear()
            await asyncio.wait({asyncio.create_task(self.ended.wait())}, timeout=left)
        await self._http.close_all_connections()
