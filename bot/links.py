"""`links`: asks every address of the knowledge whether it still answers, politely, with GET and HEAD only."""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx

from bot import __version__, links_report
from bot.checks.subject import strings
from bot.errors import KnowledgeError
from bot.knowledge.load import read_all
from bot.links_report import Answer, Kind, Link, Result, failed, host, is_wall, joined, retry_after, target, way

USER_AGENT = f"data-rights-bot/{__version__} (checks the links of its knowledge)"
_URL = re.compile(r"https?://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """How long and how often is asked. All times are seconds."""

    request: float = 15.0  # for one request
    total: float = 60.0  # for one link: its requests and the waits between tries, not the queue for its host
    retries: int = 2
    redirects: int = 5
    backoff: float = 1.0  # before the first retry; each further one waits twice as long
    longest_wait: float = 20.0  # a host that asks for a longer wait (Retry-After) is not asked again
    pause: float = 1.0  # between two requests to one host
    at_once: int = 10
    offline_after: int = 20  # so many hosts asked in vain and none reached: the rest is not asked


LIMITS = Limits()


def run(root: Path, *, as_json: bool, only: str | None, timeout: float) -> int:
    """Checks the links of the knowledge in `root` and prints the report.

    `only` keeps the links whose address or file holds this text; `timeout` is for one request. Returns the exit code:
    0 all fine, 1 a link is not, 2 offline or wrong usage. Raises KnowledgeError where a file cannot be read.
    """
    if not timeout > 0:
        print(f"--timeout {timeout}: give a number of seconds above 0", file=sys.stderr)
        return 2
    links = collect(root)
    if only is not None:
        links = [link for link in links if any(only in text for text in (link.url, *link.places))]
        if not links:
            print(f"--only {only}: no address and no file with links holds this text", file=sys.stderr)
            return 2
    limits = replace(LIMITS, request=timeout, total=timeout * LIMITS.total / LIMITS.request)
    with _progress(len(links)) as step:
        results = asyncio.run(_check_all([link.url for link in links], limits, step))
    if links_report.offline(results):
        print(links_report.OFFLINE, file=sys.stderr)
    if as_json:
        print(links_report.as_json(links, results))
    elif not links_report.offline(results):
        print("\n".join(links_report.as_text(links, results)))
    return links_report.exit_code(results)


def collect(root: Path) -> list[Link]:
    """Every address in the knowledge, once, with all its places, in the order of the files.

    Raises KnowledgeError where a file that is there cannot be read: its links would be missed silently.
    """
    there = {path.relative_to(root).as_posix() for path in root.rglob("*.yaml")}
    knowledge, faults = read_all(root)
    unread = {file for file, document in knowledge.documents.items() if document.node is None}
    broken = [fault for fault in faults if fault.file in unread & there]
    if broken:
        raise KnowledgeError(broken)
    places: dict[str, list[str]] = {}
    for file, document in knowledge.documents.items():
        # Known questions are people's words: an address in one is not a link of ours.
        if file.endswith("questions.yaml") or isinstance(document.data, str):
            continue
        for path, text in strings(document.data):
            for url in addresses(text):
                place = f"{file}:{document.place(path)[0]}"
                if place not in places.setdefault(url, []):
                    places[url].append(place)
    return [Link(url, tuple(where)) for url, where in places.items()]


def addresses(text: str) -> Iterator[str]:
    """The web addresses in `text`, without the brackets and the punctuation of a sentence around them."""
    if re.fullmatch(r"https?://\S+", text):  # a field that is an address and nothing else stands as it is
        yield text
        return
    for found in _URL.findall(text):
        for opening, closing in ("()", "[]"):
            while found.count(closing) > found.count(opening):  # opened before the address, as in [text](https://…)
                found = found[: found.rindex(closing)]
        yield found.rstrip(".,;:!?")


def new_client() -> httpx.AsyncClient:
    """A client that names the project, keeps no cookies, and leaves redirects to us."""
    refuse_all = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx.AsyncClient(headers={"User-Agent": USER_AGENT}, cookies=refuse_all, follow_redirects=False)


async def check_urls(
    urls: Iterable[str],
    *,
    client: httpx.AsyncClient,
    limits: Limits = LIMITS,
    step: Callable[[Result], None] | None = None,
) -> list[Result]:
    """The result of each address of `urls`, each once, in their order; `step` hears of each as it comes.

    Hosts are asked at the same time, the addresses of one host one after the other.
    """
    wanted = list(dict.fromkeys(urls))
    hosts: dict[str, list[str]] = {}
    for url in wanted:
        hosts.setdefault(host(url), []).append(url)
    asker = _Asker(client, limits)
    results: dict[str, Result] = {}

    async def ask_host(own: list[str]) -> None:
        for url in own:
            results[url] = await asker.check(url)
            if step is not None:
                step(results[url])

    await asyncio.gather(*(ask_host(own) for own in hosts.values()))
    return [results[url] for url in wanted]


async def _check_all(urls: list[str], limits: Limits, step: Callable[[Result], None]) -> list[Result]:
    async with new_client() as client:
        return await check_urls(urls, client=client, limits=limits, step=step)


class _Gate:
    """One host's door: one request at a time, and none before `ready_at`."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.ready_at = 0.0


class _Asked:
    """What was spent on one address so far."""

    def __init__(self) -> None:
        self.tries = 0
        self.seconds = 0.0
        self.status: int | None = None


class _Asker:
    """Asks for addresses and remembers, for all of them, which hosts to wait for and which cannot be reached."""

    def __init__(self, client: httpx.AsyncClient, limits: Limits) -> None:
        self.client = client
        self.limits = limits
        self.slots = asyncio.Semaphore(limits.at_once)
        self.gates: dict[str, _Gate] = {}
        self.unreached: dict[str, Result] = {}
        self.in_vain: set[str] = set()
        self.any_reached = False

    @property
    def given_up(self) -> bool:
        """Whether this machine seems to be offline. First tries decide: retries of all hosts would take minutes."""
        return not self.any_reached and len(self.in_vain) >= self.limits.offline_after

    async def check(self, url: str) -> Result:
        """The result of `url`, following redirects one by one."""
        if known := self.unreached.get(host(url)):
            return replace(known, url=url, seconds=0.0, tries=0, note=f"{known.note} (its host was tried before)")
        asked = _Asked()
        result = await self._follow(url, asked)
        result = replace(result, status=asked.status, seconds=asked.seconds, tries=asked.tries)
        if asked.tries and not result.reached:
            self.unreached[host(url)] = result
        return result

    async def _follow(self, url: str, asked: _Asked) -> Result:
        here = url
        codes: list[int] = []
        notes: list[str] = []
        for _ in range(self.limits.redirects + 1):
            answer = await self._answer(here, asked)
            location = here if codes else None
            if answer.location is None:
                moved = bool(codes) and answer.kind == "ok"
                notes.append(way(url, here, codes) if moved else answer.note)
                kind: Kind = "moved" if moved else answer.kind
                return Result(url, kind, location=location, note=joined(notes), reached=answer.reached or bool(codes))
            codes.append(answer.status or 0)
            leads_to = target(here, answer.location)
            if leads_to is None:
                note = f"redirects to what is no web address: {answer.location[:80]!a}"
                return Result(url, "failing", location=location, note=note)
            if not leads_to.startswith("https://"):
                notes.append(f"redirects to {leads_to}, which is not https")
            if is_wall(leads_to) and not is_wall(here):
                return Result(url, "login", location=leads_to, note=joined(notes))
            here = leads_to
        notes.append(f"more than {self.limits.redirects} redirects")
        return Result(url, "failing", location=here, note=joined(notes))

    async def _answer(self, url: str, asked: _Asked) -> Answer:
        """The answer to one address after the retries that it needs."""
        method, retry = "HEAD", 0
        while True:
            answer = await self._send(method, url, asked)
            asked.status = answer.status or asked.status
            self.any_reached = self.any_reached or answer.reached
            if not answer.reached:
                self.in_vain.add(host(url))
            if method == "HEAD" and answer.refuses_head:
                method = "GET"
                continue
            wait = self._wait(answer, retry)
            if wait is None or asked.seconds + wait >= self.limits.total:
                return answer
            gate = self.gates[host(url)]  # the wait holds for everything at this host
            gate.ready_at = max(gate.ready_at, time.monotonic() + wait)
            asked.seconds += wait
            retry += 1
            if answer.status != 429:  # some hosts fail or hang at HEAD alone
                method = "GET"

    def _wait(self, answer: Answer, retry: int) -> float | None:
        """Seconds to wait before the next try, or None where there is to be none."""
        enough = self.given_up or retry >= self.limits.retries
        if enough or not answer.passing or (answer.wait or 0) > self.limits.longest_wait:
            return None
        backoff: float = self.limits.backoff * 2**retry
        return max(answer.wait or 0.0, backoff * random.uniform(0.5, 1.5))  # noqa: S311  (spreads, guards nothing)

    async def _send(self, method: str, url: str, asked: _Asked) -> Answer:
        gate = self.gates.setdefault(host(url), _Gate())
        async with gate.lock:
            await asyncio.sleep(max(0.0, gate.ready_at - time.monotonic()))
            async with self.slots:
                if self.given_up:
                    return Answer(fault="unreachable", note="no host could be reached", reached=False)
                left = self.limits.total - asked.seconds
                if left <= 0:
                    return Answer(fault="slow", note=f"not done within {self.limits.total:g} s in all")
                begin = time.monotonic()
                asked.tries += 1
                try:
                    return await asyncio.wait_for(self._request(method, url), min(self.limits.request, left))
                except asyncio.TimeoutError:
                    return Answer(fault="slow", note="no full answer in time")
                except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
                    return failed(error)
                finally:
                    asked.seconds += time.monotonic() - begin
                    gate.ready_at = time.monotonic() + self.limits.pause

    async def _request(self, method: str, url: str) -> Answer:
        # Half the time for the connection: so it is told apart whether the host was reached before time was up.
        times = httpx.Timeout(self.limits.request, connect=self.limits.request / 2)
        request = self.client.build_request(method, url, timeout=times)
        response = await self.client.send(request, stream=True, follow_redirects=False)
        await response.aclose()  # the headers tell all; the body is never read
        status, location = response.status_code, response.headers.get("location")
        if 300 <= status < 400:
            return Answer(status, location, note="" if location else "a redirect that does not say where to")
        wait = retry_after(response.headers.get("retry-after"))
        return Answer(status, wait=wait, note=f"asks to wait {wait:.0f} s" if wait else "")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Result], None]]:
    """A progress bar on standard error where that is a terminal; nothing where it is not."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("links", total=total)

        def step(result: Result) -> None:
            progress.update(task, advance=1, description=host(result.url)[:30])

        yield step
