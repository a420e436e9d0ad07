"""The demo: a local Slack workspace with people, stock and a plan that fires in a few seconds.

Everything in it is the real thing: stock comes through the importer, the set-up through `apply`, and the bot is a
process of its own, `python -m bot run --with-scheduler`, that believes it talks to Slack. The tour plays the whole
loop without hands and checks what it sees on the way.
"""

from bot.demo.play import demo

__all__ = ["demo"]
