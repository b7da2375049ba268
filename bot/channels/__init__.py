"""The ways in which people reach the conversation."""
