"""Sessions in memory: short-lived, without text, gone with the process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from bot.types import Session

KEPT_SECONDS = 24 * 3600
KEPT_AT_MOST = 20_000


class Sessions:
    """Sessions by chat, each for a day after its last use. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Hashable, tuple[float, Session]] = OrderedDict()

    def load(self, key: Hashable) -> Session:
        """The session of `key`, a new one where there is none or it is too old."""
        at, session = self._kept.get(key, (float("-inf"), Session()))
        return session if self._clock() - at < KEPT_SECONDS else Session()

    def save(self, key: Hashable, session: Session) -> None:
        """Keeps the session; the oldest go where there are too many or their day is over."""
        self._kept[key] = (self._clock(), session)
        self._kept.move_to_end(key)
        while self._kept:
            at, _ = next(iter(self._kept.values()))
            if len(self._kept) <= KEPT_AT_MOST and self._clock() - at < KEPT_SECONDS:
                break
            self._kept.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """Drops the session of `key`."""
        self._kept.pop(key, None)
