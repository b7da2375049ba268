"""Links are asked politely and told apart: against a real server on this machine, never against the network."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import pytest

from bot import links, links_report
from bot.errors import KnowledgeError
from bot.knowledge import KNOWLEDGE
from bot.links import Limits, addresses, check_urls, collect, new_client
from bot.links_report import OFFLINE, Kind, Link, Result, as_json, as_text, exit_code

T = TypeVar("T")
# Short where a test waits for the limit itself; retries come at once.
QUICK = Limits(request=1.5, total=12.0, backoff=0.001, pause=0.0, longest_wait=2.0)


class Server:
    """A web server whose paths each behave in one way. Keeps what it was asked, and how often at once."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.open: Counter[str] = Counter()  # requests under way, by the Host that they name
        self.most_at_once = 0
        self.most_at_one_host = 0
        self.over = asyncio.Event()

    async def __aenter__(self) -> Server:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.server.close()
        await self.server.wait_closed()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def methods(self, path: str) -> list[str]:
        return [method for method, asked in self.asked if asked == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = ""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            self.asked.append((method, path))
            self.headers.append(dict(line.lower().split(": ", 1) for line in head[1:] if line))
            host = self.headers[-1]["host"]
            self.open[host] += 1
            self.most_at_one_host = max(self.most_at_one_host, self.open[host])
            self.most_at_once = max(self.most_at_once, sum(self.open.values()))
            await self._behave(method, path, writer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client gave up, which some tests are about
        finally:
            self.open[host] -= bool(host)
            writer.close()

    async def _behave(self, method: str, path: str, writer: asyncio.StreamWriter) -> None:
        def answer(status: int, *headers: str) -> None:
            lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", "Connection: close", *headers, "", ""]
            writer.write("\r\n".join(lines).encode())

        first = len(self.methods(path)) == 1
        name, _, rest = path[1:].partition("/")
        if name == "status":
            answer(int(rest))
        elif name == "get-only":
            answer(200 if method == "GET" else int(rest))
        elif name == "to":
            status, _, where = rest.partition("?")
            answer(int(status), f"Location: {where.replace('PORT', str(self.port))}")
        elif name == "busy-once":
            answer(429, f"Retry-After: {rest}") if first else answer(200)
        elif name == "busy":
            answer(429, *([f"Retry-After: {rest}"] if rest else []))
        elif name == "broken-once":
            answer(503) if first else answer(200)
        elif name == "loop":
            answer(302, f"Location: /loop/{int(rest) + 1}")
        elif name == "slow":  # each piece comes in time, the whole never
            while not self.over.is_set():
                writer.write(b"HTTP/1.1 200 OK\r\n" if first else b"X-Drip: 1\r\n")
                first = False
                await writer.drain()
                await asyncio.sleep(0.05)
        elif name == "pause":  # long enough for a second request to overlap, if there is one
            await asyncio.sleep(0.1)
            answer(200)
        elif name == "never":
            await self.over.wait()
        elif name == "cookie":
            answer(200, "Set-Cookie: who=you; Path=/")
        elif name == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while method == "GET" and not self.over.is_set():
                writer.write(b"x" * 65536)
                await writer.drain()
        elif name != "close" and not (name == "close-head" and method == "HEAD"):
            answer(200)


def with_server(script: Callable[[Server], Awaitable[T]]) -> T:
    async def main() -> T:
        async with Server() as server:
            return await script(server)

    return asyncio.run(main())


async def ask(*urls: str, limits: Limits = QUICK) -> list[Result]:
    async with new_client() as client:
        return await check_urls(urls, client=client, limits=limits)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize(
    ("path", "kind", "status", "methods"),
    [
        ("/fine", "ok", 200, "HEAD"),
        ("/status/401", "forbidden", 401, "HEAD GET"),
        ("/status/403", "forbidden", 403, "HEAD GET"),
        ("/status/999", "forbidden", 999, "HEAD"),
        ("/status/404", "gone", 404, "HEAD GET"),
        ("/status/410", "gone", 410, "HEAD"),
        ("/status/400", "failing", 400, "HEAD GET"),
        ("/status/304", "failing", 304, "HEAD"),
        ("/get-only/403", "ok", 200, "HEAD GET"),
        ("/get-only/404", "ok", 200, "HEAD GET"),
        ("/get-only/405", "ok", 200, "HEAD GET"),
        ("/get-only/501", "ok", 200, "HEAD GET"),
        ("/close-head", "ok", 200, "HEAD GET"),
        ("/busy-once/0", "ok", 200, "HEAD HEAD"),
        ("/busy-once/1", "ok", 200, "HEAD HEAD"),
        ("/busy", "limited", 429, "HEAD HEAD HEAD"),
        ("/busy/3600", "limited", 429, "HEAD"),
        ("/broken-once", "ok", 200, "HEAD GET"),
        ("/status/500", "failing", 500, "HEAD GET GET"),
        ("/slow", "slow", None, "HEAD GET GET"),
        ("/never", "slow", None, "HEAD GET GET"),
        ("/close", "unreachable", None, "HEAD GET GET GET"),
        ("/endless", "ok", 200, "HEAD"),
    ],
)
def test_each_answer_has_its_result(path: str, kind: Kind, status: int | None, methods: str) -> None:
    async def script(server: Server) -> None:
        [result] = await ask(server.url(path))
        assert (result.result, result.status) == (kind, status)
        assert server.methods(path) == methods.split()
        assert result.tries == len(methods.split())
        assert result.reached
        assert result.seconds <= QUICK.total

    with_server(script)


@pytest.mark.parametrize(
    ("path", "kind", "tries", "location", "said"),
    [
        ("/to/301?/fine", "moved", 2, "http://127.0.0.1:PORT/fine", "for good, the same site"),
        ("/to/302?http://localhost:PORT/fine", "moved", 2, "http://localhost:PORT/fine", "for now, another site"),
        ("/to/301?http://127.0.0.1:PORT/", "moved", 2, "http://127.0.0.1:PORT/", "the page itself may be gone"),
        ("/to/302?/login?next=%2Ffine", "login", 1, "http://127.0.0.1:PORT/login?next=%2Ffine", "not https"),
        ("/to/302?/accounts/login/", "login", 1, "http://127.0.0.1:PORT/accounts/login/", "not https"),
        ("/to/301?/status/404", "gone", 3, "http://127.0.0.1:PORT/status/404", "not https"),
        ("/to/301?/to/302?/fine", "moved", 3, "http://127.0.0.1:PORT/fine", "for now, the same site"),
        ("/to/302?fb://profile", "failing", 1, None, "no web address: 'fb://profile'"),
        ("/to/302?http://[::1/", "failing", 1, None, "no web address"),
        ("/loop/0", "failing", 6, "http://127.0.0.1:PORT/loop/6", "more than 5 redirects"),
    ],
)
def test_redirects_are_followed_hop_by_hop(
    path: str, kind: Kind, tries: int, location: str | None, said: str
) -> None:
    async def script(server: Server) -> None:
        [result] = await ask(server.url(path))
        assert (result.result, result.tries) == (kind, tries)
        assert result.location == (location and location.replace("PORT", str(server.port)))
        assert said in result.note

    with_server(script)


def test_a_redirect_to_what_is_not_https_is_named() -> None:
    async def script(server: Server) -> None:
        [result] = await ask(server.url("/to/301?/fine"))
        assert f"redirects to {server.url('/fine')}, which is not https" in result.note

    with_server(script)


def test_a_redirect_to_a_dead_host_keeps_where_it_led() -> None:
    port = closed_port()

    async def script(server: Server) -> None:
        [result] = await ask(server.url(f"/to/301?http://127.0.0.1:{port}/"))
        assert (result.result, result.status) == ("unreachable", 301)
        assert result.location == f"http://127.0.0.1:{port}/"
        assert "refuses the connection" in result.note
        assert exit_code([result]) == 1

    with_server(script)


def test_a_server_without_tls_is_named() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"220 this is no web server\r\n")
        writer.close()

    async def script() -> None:
        async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
            [result] = await ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        assert (result.result, result.reached) == ("unreachable", True)
        assert result.note.startswith("TLS: ")

    asyncio.run(script())


def test_the_total_limit_ends_the_retries() -> None:
    async def script(server: Server) -> None:
        [result] = await ask(server.url("/never"), limits=replace(QUICK, total=0.5))
        assert result.result == "slow"
        assert result.tries < 3

    with_server(script)


def test_one_host_gets_one_request_at_a_time_even_by_redirects() -> None:
    async def script(server: Server) -> None:
        own = [server.url("/pause/1"), server.url("/pause/2")]
        led = server.url(f"/to/302?{server.url('/pause/3')}", "localhost")
        results = await ask(*own, led)
        assert [result.result for result in results] == ["ok", "ok", "moved"]
        assert server.most_at_one_host == 1

    with_server(script)


@pytest.mark.parametrize("slots", [1, 2])
def test_several_hosts_are_asked_at_once_as_far_as_there_are_slots(slots: int) -> None:
    async def script(server: Server) -> None:
        path = "/never" if slots == 2 else "/pause"  # two that stay open, or one that lets the next one in
        urls = [server.url(path), server.url(path, "localhost")]
        results = await ask(*urls, limits=replace(QUICK, at_once=slots, retries=0))
        assert [result.url for result in results] == urls
        assert server.most_at_once == slots

    with_server(script)


def test_an_address_is_asked_once_however_often_it_is_given() -> None:
    async def script(server: Server) -> None:
        assert len(await ask(*[server.url("/fine")] * 3)) == 1
        assert server.methods("/fine") == ["HEAD"]

    with_server(script)


def test_requests_name_the_project_and_carry_no_cookies() -> None:
    async def script(server: Server) -> None:
        await ask(server.url("/cookie/1"), server.url("/cookie/2"), server.url("/get-only/405"))
        assert len(server.headers) == 4
        assert all(headers["user-agent"].startswith("data-rights-bot/") for headers in server.headers)
        assert not any("cookie" in headers for headers in server.headers)
        assert {method for method, _ in server.asked} == {"HEAD", "GET"}

    with_server(script)


def test_a_host_that_is_not_reached_is_not_asked_again() -> None:
    host = f"http://127.0.0.1:{closed_port()}"

    async def script(server: Server) -> None:
        first, second, fine = await ask(f"{host}/a", f"{host}/b", server.url("/fine"))
        assert (first.result, first.tries, first.reached) == ("unreachable", 3, False)
        assert (second.result, second.tries) == ("unreachable", 0)
        assert "tried before" in second.note
        assert exit_code([first, second, fine]) == 1

    with_server(script)


def test_offline_is_seen_early_and_the_rest_is_not_asked() -> None:
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for closed in (one, two, three):
            closed.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        urls = [f"http://127.0.0.1:{closed.getsockname()[1]}/" for closed in (one, two, three)]
        limits = replace(QUICK, offline_after=2)

        async def in_turn() -> list[Result]:
            async with new_client() as client:
                asker = links._Asker(client, limits)
                return [await asker.check(url) for url in urls]

        results = asyncio.run(in_turn())
    assert [result.result for result in results] == ["unreachable"] * 3
    assert [result.tries for result in results] == [3, 1, 0]
    assert results[2].note == "no host could be reached"
    assert exit_code(results) == 2


# The knowledge in files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of knowledge with nothing in it yet."""
    (tmp_path / "companies").mkdir()
    (tmp_path / "languages").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LIMITS", QUICK)


def run_in_thread(root: Path, *, as_json: bool = False, only: str | None = None) -> Awaitable[int]:
    """`run` has a loop of its own, so it gets a thread beside the server's."""
    return asyncio.to_thread(links.run, root, as_json=as_json, only=only, timeout=QUICK.request)


def test_the_report_names_places_the_worst_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def script(server: Server) -> None:
        fine, gone = server.url("/fine"), server.url("/status/404")
        (root / "sources.yaml").write_text(f"a:\n  title: A\n  url: {fine}\nb:\n  url: {gone}\n", encoding="utf-8")
        (root / "authorities.yaml").write_text(f"at:\n  source: {gone}\n", encoding="utf-8")
        assert await run_in_thread(root) == 1
        shown = capsys.readouterr()
        lines = shown.out.splitlines()
        assert shown.err == ""
        assert lines[0].startswith("gone (1): ")
        assert lines[1].split() == [gone, "sources.yaml:5,", "authorities.yaml:2", "status", "404"]
        assert [line.split() for line in lines if fine in line] == [[fine, "sources.yaml:3"]]
        assert lines[-1] == "2 links: 1 gone, 1 ok"

    with_server(script)


def test_only_keeps_what_holds_the_text(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def script(server: Server) -> None:
        (root / "sources.yaml").write_text(f"a: {{url: '{server.url('/status/404')}'}}\n", encoding="utf-8")
        (root / "authorities.yaml").write_text(f"at: {{url: '{server.url('/fine')}'}}\n", encoding="utf-8")
        assert await run_in_thread(root, only="authorities") == 0
        assert [path for _, path in server.asked] == ["/fine"]
        assert await run_in_thread(root, only="nothing-like-it") == 2
        assert "--only nothing-like-it" in capsys.readouterr().err

    with_server(script)


def test_json_holds_every_field(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def script(server: Server) -> None:
        moved = server.url("/to/301?/fine")
        (root / "sources.yaml").write_text(f"a:\n  url: {moved}\n", encoding="utf-8")
        assert await run_in_thread(root, as_json=True) == 0
        [row] = json.loads(capsys.readouterr().out)
        assert 0 <= row.pop("seconds") <= QUICK.total
        assert "for good" in row.pop("note")
        assert row == {
            "url": moved,
            "places": ["sources.yaml:2"],
            "result": "moved",
            "status": 200,
            "location": server.url("/fine"),
            "tries": 2,
        }

    with_server(script)


@pytest.mark.parametrize("as_json", [False, True])
def test_offline_is_one_sentence(root: Path, capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    lines = [f"s{port}: {{url: 'http://127.0.0.1:{port}/'}}" for port in {closed_port() for _ in range(3)}]
    (root / "sources.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert links.run(root, as_json=as_json, only=None, timeout=1.0) == 2
    shown = capsys.readouterr()
    assert shown.err.splitlines() == [OFFLINE]
    if as_json:
        assert {row["result"] for row in json.loads(shown.out)} == {"unreachable"}
    else:
        assert shown.out == ""


def test_a_file_that_cannot_be_read_stops_the_check(root: Path) -> None:
    (root / "sources.yaml").write_text("a: 'open\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"sources\.yaml"):
        links.run(root, as_json=False, only=None, timeout=1.0)


def test_a_timeout_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert links.run(KNOWLEDGE, as_json=False, only=None, timeout=0) == 2
    assert "--timeout" in capsys.readouterr().err


def test_progress_shows_on_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    for screen, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", screen)
        with links._progress(1) as step:
            step(Result("https://example.org/", "ok"))
        assert bool(screen.getvalue()) == shown


def test_every_address_of_the_knowledge_is_collected_once_and_is_https() -> None:
    found = collect(KNOWLEDGE)
    count = Counter(link.url for link in found)
    assert [url for url, times in count.items() if times > 1] == []
    assert [link for link in found if not link.url.startswith("https://") or not urlsplit(link.url).hostname] == []
    assert all(link.places and len(set(link.places)) == len(link.places) for link in found)
    for link in found:
        for place in link.places:
            file, _, line = place.rpartition(":")
            assert (KNOWLEDGE / file).is_file()
            assert int(line) >= 1


def test_no_address_of_the_fields_is_missed() -> None:
    found = {link.url for link in collect(KNOWLEDGE)}
    files = [KNOWLEDGE / "sources.yaml", KNOWLEDGE / "authorities.yaml", *KNOWLEDGE.glob("companies/*/company.yaml")]
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            key, _, value = line.strip().partition(": ")
            if key in ("url", "complaint_url", "source") and value.startswith("http"):
                assert value.strip("\"'") in found, f"{file}: {line}"


# The pure parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://a.example/x, and https://b.example.", ["https://a.example/x", "https://b.example"]),
        ("[Settings](https://a.example/new#x). Then", ["https://a.example/new#x"]),
        ("(https://a.example/wiki/A_(b))", ["https://a.example/wiki/A_(b)"]),
        ("A sentence. [M-40] https://a.example/?q=1 [M-41]", ["https://a.example/?q=1"]),
        ("https://a.example/ends-with-a-dot.", ["https://a.example/ends-with-a-dot."]),
        ("nothing: //a.example", []),
    ],
)
def test_addresses_are_found_in_texts(text: str, found: list[str]) -> None:
    assert list(addresses(text)) == found


@pytest.mark.parametrize(
    ("url", "wall"),
    [
        ("https://www.facebook.com/login/?next=x", True),
        ("https://www.facebook.com/login.php", True),
        ("https://www.instagram.com/accounts/login/", True),
        ("https://www.linkedin.com/authwall?x=1", True),
        ("https://login.live.com/", True),
        ("https://accounts.google.com/v3/signin/identifier", True),
        ("https://consent.youtube.com/m", True),
        ("https://example.org/sign-in", True),
        ("https://example.org/help/login-problems", False),
        ("https://example.org/blog?next=/login", False),
        ("https://logins.example.org/consents", False),
    ],
)
def test_login_walls_are_told_from_pages_about_them(url: str, wall: bool) -> None:
    assert links_report.is_wall(url) is wall


@pytest.mark.parametrize(
    ("cause", "said", "reached"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name of the host was not found (DNS)", False),
        (ConnectionRefusedError(), "the host refuses the connection", False),
        (ssl.SSLError(1, "bad handshake"), "TLS: ", True),
        (OSError("no route"), "failed", False),
    ],
)
def test_causes_are_named(cause: OSError, said: str, reached: bool) -> None:
    middle = OSError("All connection attempts failed")
    middle.__cause__ = cause
    error = httpx.ConnectError("failed")
    error.__cause__ = middle
    named = links_report.failed(error)
    assert (named.fault, named.reached) == ("unreachable", reached)
    assert named.note.startswith(said)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("7", 7.0), ("soon", None), ("-1", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert links_report.retry_after(header) == seconds


@pytest.mark.parametrize("kind", list(links_report.MEANING))
def test_every_result_is_told_and_has_its_exit_code(kind: Kind) -> None:
    link = Link("https://example.org/", ("sources.yaml:1",))
    result = Result(link.url, kind, 200)
    assert exit_code([result]) == (0 if kind in ("ok", "moved", "login", "forbidden") else 1)
    text = list(as_text([link], [result]))
    assert text[0].startswith(f"{kind} (1): ")
    assert text[-1] == f"1 link: 1 {kind}"
    assert json.loads(as_json([link], [result]))[0]["result"] == kind


def test_nothing_to_check_is_fine() -> None:
    assert list(as_text([], [])) == ["0 links: nothing to check"]
    assert exit_code([]) == 0
