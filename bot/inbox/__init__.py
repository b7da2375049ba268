"""What people choose to tell the editors: questions without an answer, and links that do not work."""

from bot.inbox.opened import open_inbox
from bot.inbox.protocol import Inbox

__all__ = ["Inbox", "open_inbox"]
