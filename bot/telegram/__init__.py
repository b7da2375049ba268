"""The Telegram channel: python-telegram-bot for types and transport, everything else is the conversation's."""
