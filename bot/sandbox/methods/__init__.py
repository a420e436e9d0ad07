"""The Web API's methods, by family; importing this package fills the registry."""

from bot.sandbox.methods import chat, conversations, files, people, views
from bot.sandbox.methods.registry import METHODS

__all__ = ["METHODS", "chat", "conversations", "files", "people", "views"]
