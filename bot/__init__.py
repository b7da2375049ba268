"""A bot that answers what of people's data is used to train AI, and hands over an objection."""

__version__ = "0.1.0"
