"""Finds personal details that people should not leave in a chat: e-mail addresses, phone, account and ID numbers."""

from __future__ import annotations

import re

_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63})+\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_NUMBER = re.compile(r"(?<![\w/.])\+?\d(?:[ \-/.()]{0,2}\d){8,17}(?![\w])")
_DATES = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b(?:19|20)\d\d\b")


def has_personal_data(text: str) -> bool:
    """Whether `text` seems to hold an e-mail address, a phone number, an IBAN or an ID number."""
    without_dates = _DATES.sub(" . ", text)
    return bool(_MAIL.search(text) or _IBAN.search(text) or _NUMBER.search(without_dates))
