"""The day on which an answer is due, as a calendar entry (RFC 5545) with a reminder on that morning."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta, timezone

from icalendar import Alarm, Calendar, Event


def entry(title: str, text: str, day: date, today: date, language: str) -> bytes:
    """An .ics file with one all-day event on `day`. It names nobody; the same day and title give the same id."""
    event = Event()
    event.add("uid", hashlib.sha256(f"{title}|{day}".encode()).hexdigest()[:32] + "@data-rights-bot")
    event.add("dtstamp", datetime.combine(today, time(), tzinfo=timezone.utc))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title, parameters={"language": language})
    event.add("description", text, parameters={"language": language})
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(hours=9))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//data-rights-bot//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    ics: bytes = calendar.to_ical()
    return ics
