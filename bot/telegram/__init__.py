"""The Telegram channel: python-telegram-bot for types and transport, everything else is the conversation's."""

import os

# Times as timedelta, as the library's next major version has them: without it every 429 raises a deprecation warning
# while the error is made, and where warnings are errors the waiting time is lost with it.
os.environ["PTB_TIMEDELTA"] = "true"
