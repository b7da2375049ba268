"""The knowledge: YAML files that people edit, read into frozen values with every fault named by its place."""

from bot.knowledge.load import KNOWLEDGE, load
from bot.knowledge.model import Knowledge, LanguageKnowledge

__all__ = ["KNOWLEDGE", "Knowledge", "LanguageKnowledge", "load"]
