"""What outlives a process: which updates are done, and short-lived sessions. One protocol, three engines."""

from bot.store.opened import open_store
from bot.store.protocol import Claim, Store, StoreError

__all__ = ["Claim", "Store", "StoreError", "open_store"]
