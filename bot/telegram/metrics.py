"""Counters for Prometheus: language, topic, outcome, duration; never a person.

The library comes with the extra `webhook`; without it nothing is counted. Several workers count into files of one
folder (PROMETHEUS_MULTIPROC_DIR, set by `workers.py` before the library is loaded), so that any of them can tell the
sum of all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What one bot counts. Labels come from the knowledge and from this program, never from an update."""

    def __init__(self) -> None:
        self._registry: CollectorRegistry | None = None
        try:
            from prometheus_client import CollectorRegistry, Counter, Histogram
        except ImportError:
            return
        self._registry = CollectorRegistry()
        self._replies: Counter = Counter(
            "data_rights_replies", "Replies", ("language", "topic", "outcome"), registry=self._registry
        )
        self._events: Counter = Counter("data_rights_events", "What happened", ("event",), registry=self._registry)
        self._seconds = Histogram(
            "data_rights_update_seconds",
            "From taking an update to having answered it",
            ("kind",),
            buckets=SECONDS,
            registry=self._registry,
        )

    def reply(self, language: str, topic: str | None, outcome: str) -> None:
        """Counts one reply."""
        if self._registry is not None:
            self._replies.labels(language, topic or "", outcome).inc()

    def event(self, name: str) -> None:
        """Counts something else: a name that stands in this program."""
        if self._registry is not None:
            self._events.labels(name).inc()

    def took(self, kind: str, seconds: float) -> None:
        """Counts how long an update took."""
        if self._registry is not None:
            self._seconds.labels(kind).observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus's text format."""
        if self._registry is None:
            return b""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        joined = CollectorRegistry()
        MultiProcessCollector(joined)  # type: ignore[no-untyped-call]
        return generate_latest(joined)
