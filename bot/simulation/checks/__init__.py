"""What can never happen, looked for after every step: each check has a name, and says in words what is broken."""

from bot.simulation.checks.broken import Broken
from bot.simulation.checks.watch import Watch

__all__ = ["Broken", "Watch"]
