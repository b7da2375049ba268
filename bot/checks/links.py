"""Links are https and lead to hosts that somebody listed on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.checks.subject import Finding, Subject
from bot.knowledge.places import Data

ID = "links"
WHY = "People follow these links in good faith: only https, and only to hosts in hosts.yaml."
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bmailto:\S+|\bwww\.\S+", re.IGNORECASE)


def run(subject: Subject) -> Iterator[Finding]:
    """Every address in every file; texts hold none, the program adds them."""
    listed = subject.knowledge.hosts
    used: set[str] = set()
    for file, document in subject.knowledge.documents.items():
        if file == "hosts.yaml" or file.endswith("questions.yaml"):
            continue
        for path, text in _strings(document.data):
            for url in _URL.findall(text):
                host = urlsplit(url).hostname or ""
                used.add(host)
                if not url.startswith("https://"):
                    yield subject.finding(ID, file, path, f"{url} is not https", "use the https address")
                elif host not in listed:
                    fix = f"check the address; if it is right, add {host} to hosts.yaml"
                    yield subject.finding(ID, file, path, f"the host {host} is not listed", fix)
    for host in sorted(set(listed) - used):
        yield subject.finding(ID, "hosts.yaml", (), f"no link leads to {host}", "remove it")


def _strings(data: Data, at: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(data, str):
        yield at, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value, (*at, key))
    else:
        for index, item in enumerate(data):
            yield from _strings(item, (*at, index))
