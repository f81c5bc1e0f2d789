"""What a turn says, read as a person at the phone sees it: the words, and what may be answered to them."""

from bot.effects import Say
from bot.moment import Turn
from tests.bot.moments import of_kind

FIRST = ("safe.yes", "safe.no", "talk.now", "talk.later", "exit")
TALK = ("talk.now", "talk.later", "exit")
ABOUT = ("about.me", "about.friend", "about.lesson", "about.silent", "exit")
WAIT = ("breathe", "withdraw", "exit")
YES_NO = ("consent.conversation.yes", "consent.conversation.no", "preview", "exit")
BACK = ("talk.now", "menu", "exit")


def offers(result: Turn) -> list[tuple[str, tuple[str, ...]]]:
    """Return each thing said, with its choices."""
    return [(say.message_id, tuple(choice.id for choice in say.choices)) for say in of_kind(result, Say)]


def unprotected(result: Turn) -> list[str]:
    """Return what is said without asking the messenger to keep it from being forwarded."""
    return [say.message_id for say in of_kind(result, Say) if say.protect is not True]


def kind_of_question(result: Turn) -> str | None:
    """Return which question is open afterwards."""
    return result.state.question.kind if result.state.question is not None else None
