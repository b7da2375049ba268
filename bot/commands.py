"""The commands that a person can type, in the order of the menu. The one list that menu, help and README rest on."""

from __future__ import annotations

COMMANDS = ("start", "help", "language", "country", "topics", "privacy", "why")
