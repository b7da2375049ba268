"""The store that a setting names."""

from __future__ import annotations

from pathlib import Path

from bot.errors import SettingError
from bot.store.memory import MemoryStore
from bot.store.protocol import Store

FORMS = "sqlite:PATH, redis://HOST:PORT/NUMBER, rediss://… or memory:"


def open_store(address: str, lease: float, name: str = "bot") -> Store:
    """The store at `address` (FORMS). `name` keeps bots apart that share a Redis.

    Raises SettingError for another form or a missing extra, StoreError where a file cannot be used. Redis is asked
    only when it is first needed.
    """
    kind, _, rest = address.partition(":")
    if kind == "sqlite" and rest:
        from bot.store.sqlite import SqliteStore

        return SqliteStore(Path(rest).expanduser(), lease)
    if kind in ("redis", "rediss"):
        try:
            from bot.store.redis import RedisStore
        except ImportError:
            raise SettingError(
                "DATA_RIGHTS_STORE names a Redis, but its library is missing: pip install 'data-rights-bot[redis]'"
            ) from None
        try:
            return RedisStore(address, lease, name)
        except ValueError:
            raise SettingError("DATA_RIGHTS_STORE is no address of a Redis, as in redis://127.0.0.1:6379/0") from None
    if address == "memory:":
        return MemoryStore(lease)
    raise SettingError(f"DATA_RIGHTS_STORE is none of {FORMS}")
