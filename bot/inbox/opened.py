"""The inbox beside the store that a setting names: a file of its own, or keys of its own in the same Redis."""

from __future__ import annotations

from pathlib import Path

from bot.inbox.protocol import Inbox
from bot.inbox.sqlite import SqliteInbox


def open_inbox(store: str, name: str = "bot") -> Inbox:
    """The inbox that belongs to a store address which `open_store` has accepted.

    `name` keeps bots apart that share a Redis. Raises StoreError where a file cannot be used.
    """
    kind, _, rest = store.partition(":")
    if kind == "sqlite":
        path = Path(rest).expanduser()
        return SqliteInbox(path.with_name(f"{path.stem}.editors{path.suffix}"))
    if kind in ("redis", "rediss"):
        from bot.inbox.redis import RedisInbox

        return RedisInbox(store, name)
    return SqliteInbox(None)
