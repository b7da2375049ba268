"""What of a reply may stand in a group: answers, but nothing that is about one person. Pure.

An objection, a check of someone's own content and feedback belong into the private chat, so in a group one button
leads there.
"""

from __future__ import annotations

from dataclasses import replace

from bot.types import Button, Reply, Tap

PAYLOAD = "group"  # ?start=group: no language in it, the private chat goes by the person's own client
_HAND_OVER = frozenset("hdb")
_CHECK = frozenset("ewq")
_FEEDBACK = frozenset("nxs")
_COUNTRY = frozenset("o")
_PRIVATE = _HAND_OVER | _CHECK | _FEEDBACK | _COUNTRY
_PRIVATE_COMMANDS = frozenset({"country", "mydata", "forget"})


def private_only(tap: Tap) -> bool:
    """Whether a tap starts or goes on with something that is about one person."""
    return tap.kind in _PRIVATE or (tap.kind == "c" and tap.value in _PRIVATE_COMMANDS)


def for_groups(reply: Reply, label: str) -> Reply:
    """The reply as it may stand in a group.

    Buttons of the hand-over, the guided check, feedback and the country give way to one button, `label`, that leads
    to the private chat (Button.start; Bot API, deep linking) and stands where the first of them stood. A text to
    paste and a file are left out. A reply without any of these comes back as it is.
    """
    rows: list[tuple[Button, ...]] = []
    way = (Button(label, start=PAYLOAD),)
    for row in reply.buttons:
        kept = tuple(button for button in row if not _is_private(button))
        if kept != row and way not in rows:
            rows.append(way)
        if kept:
            rows.append(kept)
    if way not in rows and (reply.pasted is not None or reply.file is not None):
        rows.append(way)
    if way not in rows:
        return reply
    return replace(reply, buttons=tuple(rows), pasted=None, file=None)


def _is_private(button: Button) -> bool:
    if button.start == PAYLOAD:  # the way to the private chat itself
        return False
    return bool(button.copy or button.start) or (button.tap is not None and private_only(button.tap))
