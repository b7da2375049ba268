"""How much one person may ask: a bucket of tokens for each, in this process, gone with it.

Nobody who reads the answers reaches the limit. Who does is told so once, and then gets no answer for a while.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

AT_ONCE = 30  # updates; a person who taps through a guided check needs six
PER_SECOND = 1.0  # Telegram's own measure for one chat (Bot API FAQ, "My bot is hitting limits")
SILENCE = 30.0  # seconds
KEPT_AT_MOST = 10_000  # people


@dataclass
class _Bucket:
    tokens: float
    at: float
    silent_until: float = 0.0


class Flood:
    """Says for each update of a person whether to answer. `clock` gives seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def judge(self, person: int) -> Literal["answer", "tell", "silence"]:
        """`tell` comes once, at the update that is too much; then `silence`, also when more comes in between."""
        now = self._clock()
        bucket = self._buckets.pop(person, None) or _Bucket(AT_ONCE, now)
        self._buckets[person] = bucket
        while len(self._buckets) > KEPT_AT_MOST:
            self._buckets.popitem(last=False)
        bucket.tokens = min(AT_ONCE, bucket.tokens + PER_SECOND * (now - bucket.at))
        bucket.at = now
        if now < bucket.silent_until:
            return "silence"
        if bucket.tokens < 1:
            bucket.silent_until = now + SILENCE
            return "tell"
        bucket.tokens -= 1
        return "answer"
