"""A session as bytes, and back. What comes back from a store is not trusted: it may be old, damaged or forged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from bot.types import Session

LARGEST = 16_384  # bytes; a session of ours takes below 2,000


@dataclass(frozen=True)
class _Kept:
    session: Session
    form: Literal[1] = 1


_KEPT = TypeAdapter(_Kept)


def encode(session: Session) -> bytes:
    """The session as JSON."""
    return _KEPT.dump_json(_Kept(session), exclude_defaults=True)


def decode(content: bytes) -> Session:
    """The session in `content`; a new one where that is damaged, too large or of another form. Never raises."""
    if len(content) > LARGEST:
        return Session()
    try:
        return _KEPT.validate_json(content, strict=True).session
    except ValidationError:
        return Session()
