"""What a flow is given and what it gives back: one event in its circumstances, and a `Turn`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.effects import Choice, Desk, Effect, Reading, Say
from bot.events import Event, Said
from bot.own_data import OwnData
from bot.state import MATTER_LIFE, Heard, Matter, State, recent
from bot.story import Line
from content.channels import WEB, Channel
from content.library import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The answer to one event: the new state and what is to be done about it."""

    state: State
    effects: tuple[Effect, ...] = ()
    private: bool = False  # neither side's words of this turn are written down, and no case has a part in them

    def then(self, *effects: Effect) -> "Turn":
        """Return the turn with more effects behind."""
        return replace(self, effects=self.effects + effects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event, with all that a pure turn may look at."""

    state: State
    event: Event
    choice: str | None  # pressed, or typed in words that mean the same
    reading: Reading | None  # of what was typed; None for anything else
    desk: Desk
    content: Content
    now: datetime
    vital_interest: bool = False  # the deployment passes an emergency on to 111 without waiting for a yes
    lines: tuple[Line, ...] = ()  # what a yes would share; read only when a preview is asked for
    channel: Channel = WEB  # by which the person writes
    page: str | None = None  # the address of the web chat, where it is reached from outside
    own: OwnData | None = None  # what is kept of this person; read only when it is asked for

    @property
    def text(self) -> str:
        """Return what was typed, or nothing."""
        return self.event.text if isinstance(self.event, Said) else ""

    @property
    def open_matter(self) -> Matter | None:
        """Return the matter that is still the same one: within a week, and without a case that has ended."""
        matter = self.state.matter
        return matter if matter is not None and self.now - matter.opened_at < MATTER_LIFE else None

    def say(
        self,
        state: State,
        message_id: str,
        choices: Iterable[str] = (),
        *,
        protect: bool = False,
        push: bool = False,
        picture: str | None = None,
        **params: Any,
    ) -> Say:
        """Say a written message in the words of the person `state` describes."""
        return Say(
            message_id=message_id,
            text=self.content.say(message_id, state.audience, state.language, **params).strip(),
            choices=self.offer(state, choices),
            protect=protect,
            push=push,
            picture=picture,
        )

    def offer(self, state: State, choices: Iterable[str]) -> tuple[Choice, ...]:
        """Label choices in the words of the person `state` describes."""
        return tuple(
            Choice(id=choice, label=self.content.label(choice, state.audience, state.language)) for choice in choices
        )

    def answer(self, state: State, message_id: str, choices: Iterable[str] = (), **params: Any) -> Turn:
        """Return a turn that only says one thing."""
        return Turn(state=state, effects=(self.say(state, message_id, choices, **params),))

    def remembered(self, *, hint: bool = False) -> tuple[Heard, ...]:
        """Return what was heard lately, with what was just typed added."""
        if not isinstance(self.event, Said):
            return self.state.heard
        heard = Heard(seq=self.event.first_seq, text=self.event.text, at=self.now, hint=hint)
        return recent((*self.state.heard, heard), self.now)
