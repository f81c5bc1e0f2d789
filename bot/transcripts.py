"""Conversations as YAML: what a person does, what the counsellor does, what must be said and be true afterwards."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from bot import playback_referrals
from bot.playback import Player, Shown
from bot.settings import EmergencyPolicy
from content.errors import ContentError
from content.marked_yaml import read_yaml
from escalation.tables import cases, consent, follow_up
from store.inbox import MAX_ATTEMPTS

_REFERRAL = r"^(asks [a-z_]+|send|accept|refuse|return|finish)$"
_BACK_OFF_SECONDS = 2.5  # until a turn that failed is tried again


class TranscriptError(Exception):
    """A transcript file is broken; the text names file and line, and what to do."""


class Expectations(BaseModel):
    """What must be true of the messages that follow a step, and of the case."""

    model_config = ConfigDict(extra="forbid")

    says: list[str] | None = None  # the ids of everything that was said, in order
    has: list[str] = Field(default_factory=list)  # pieces of the joint text
    lacks: list[str] = Field(default_factory=list)
    offers: list[str] = Field(default_factory=list)  # choices of the last message, others may stand beside them
    words_at_most: int | None = None  # of the joint text
    first_line: str | None = None
    case: dict[str, Any] | None = None  # fields of the newest case; {} means there is none
    follow_up: str | None = None  # its state in the hotline's rows; "" means that none was proposed
    referral: str | None = None  # of the newest one, "state asking": "draft granted"
    consent: list[str] | None = None  # the whole ledger, as "item decision"
    case_has: list[str] = Field(default_factory=list)  # the counsellor reads these
    case_lacks: list[str] = Field(default_factory=list)


class Step(BaseModel):
    """One thing that happens; exactly one of the verbs is set.

    `turn_faults`: how many tries of its turn fail. The fifth sets a message aside; after that each hour is a new try.
    """

    model_config = ConfigDict(extra="forbid")

    says: str | list[str] | None = None
    presses: str | None = None
    sends: Literal["picture", "voice", "video", "file", "sticker", "other"] | None = None
    waits_seconds: float | None = None
    waits_until: Annotated[str | None, Field(pattern=r"^\d+ \d\d:\d\d$")] = None  # days on, hour of Việt Nam
    counsellor: Annotated[
        str | None, Field(pattern="^(present|takes|passes_on|hands_back|closes|proposes_follow_up|renews)$")
    ] = None
    counsellor_says: str | None = None
    referral: Annotated[str | None, Field(pattern=_REFERRAL)] = None
    turn_faults: int = 0
    then: Expectations = Field(default_factory=Expectations)


class Transcript(BaseModel):
    """One conversation."""

    model_config = ConfigDict(extra="forbid")

    title: str
    why: str = ""
    rules: list[str] = Field(default_factory=list)  # numbers of docs/safety-protocol.md that it shows
    emergency_policy: EmergencyPolicy = "consent"  # of the deployment in which it is played
    steps: list[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One step that was played, and what was wrong with it (empty when nothing was)."""

    step: Step
    shown: tuple[Shown, ...]
    problems: tuple[str, ...]


def read_transcript(path: Path, *, rules: Collection[str] | None = None) -> Transcript:
    """Read one file; where `rules` are given, it names at least one of them and no other. Raises TranscriptError."""
    try:
        marked = read_yaml(str(path), path.read_text(encoding="utf-8"))
    except ContentError as error:
        raise TranscriptError(str(error)) from None
    try:
        transcript = Transcript.model_validate(marked.data)
    except ValidationError as error:
        first = error.errors()[0]
        line = marked.line_of(first["loc"])
        raise TranscriptError(f"{path}:{line}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if rules is None:
        return transcript
    if not transcript.rules:
        raise TranscriptError(f'{path}:1: names no rule; add the numbers of the rules that it shows: rules: ["2.4"]')
    for index, rule in enumerate(transcript.rules):
        if rule not in rules:
            line = marked.line_of(("rules", index))
            raise TranscriptError(f"{path}:{line}: there is no rule {rule!r}; see docs/safety-protocol.md")
    return transcript


async def play(player: Player, transcript: Transcript) -> list[Played]:
    """Play every step and check what must be true after it."""
    played: list[Played] = []
    for step in transcript.steps:
        player.fail(step.turn_faults)
        shown = await _do(player, step)
        for _ in range(min(step.turn_faults, MAX_ATTEMPTS)):
            shown += await player.wait(_BACK_OFF_SECONDS)
        problems = _check_words(step.then, shown) + await _check_records(player, step.then)
        played.append(Played(step=step, shown=tuple(shown), problems=tuple(problems)))
    return played


async def _do(player: Player, step: Step) -> list[Shown]:
    if step.says is not None:
        return await player.say(*([step.says] if isinstance(step.says, str) else step.says))
    if step.presses is not None:
        return await player.press(step.presses)
    if step.sends is not None:
        return await player.receive(player.message(attachment=step.sends))
    if step.waits_seconds is not None:
        return await player.wait(step.waits_seconds)
    if step.waits_until is not None:
        days, _, hour = step.waits_until.partition(" ")
        return await player.wait_until(int(days), time.fromisoformat(hour))
    if step.counsellor_says is not None:
        return await player.counsellor_says(step.counsellor_says)
    if step.referral is not None:
        return await _with_a_referral(player, step.referral)
    return await _at_the_desk(player, step.counsellor or "present")


async def _at_the_desk(player: Player, verb: str) -> list[Shown]:
    match verb:
        case "takes":
            return await player.take_next()
        case "passes_on":
            return await player.pass_on()
        case "hands_back":
            return await player.hand_back()
        case "closes" | "proposes_follow_up":
            return await player.close(follow_up=verb == "proposes_follow_up")
        case "renews":
            await player.renew()
            return []
        case _:
            await player.counsellor()
            return []


async def _with_a_referral(player: Player, done: str) -> list[Shown]:
    verb, _, receiver = done.partition(" ")
    if verb == "asks":
        return await playback_referrals.ask(player, receiver)
    return await (playback_referrals.send(player) if verb == "send" else playback_referrals.answer(player, verb))


def _check_words(then: Expectations, shown: list[Shown]) -> list[str]:
    text = "\n".join(message.text for message in shown)
    problems: list[str] = []
    ids = [message.message_id for message in shown]
    if then.says is not None and ids != then.says:
        problems.append(f"said {ids}, expected {then.says}")
    problems += [f"lacks {piece!r}" for piece in then.has if piece not in text]
    problems += [f"holds {piece!r}" for piece in then.lacks if piece in text]
    offered = shown[-1].choices if shown else ()
    problems += [f"does not offer {choice}" for choice in then.offers if choice not in offered]
    if then.words_at_most is not None and len(text.split()) > then.words_at_most:
        problems.append(f"{len(text.split())} words, at most {then.words_at_most}")
    if then.first_line is not None and (text.splitlines() or [""])[0] != then.first_line:
        problems.append(f"first line {(text.splitlines() or [''])[0]!r}, expected {then.first_line!r}")
    return problems


async def _check_records(player: Player, then: Expectations) -> list[str]:
    problems: list[str] = []
    async with player.database.reading() as unit:
        newest = (await unit.execute(select(cases).order_by(cases.c.opened_at.desc()).limit(1))).one_or_none()
        later = (await unit.execute(select(follow_up.c.state).order_by(follow_up.c.proposed_at))).scalars().all()
        ledger = [
            f"{row.item} {row.decision}" for row in await unit.execute(select(consent).order_by(consent.c.number))
        ]
    if then.case == {} and newest is not None:
        problems.append("there is a case, and must be none")
    for name, value in (then.case or {}).items():
        found = getattr(newest, name, None)
        if found != value:
            problems.append(f"case.{name} is {found!r}, expected {value!r}")
    if then.follow_up is not None and (later[-1] if later else "") != then.follow_up:
        problems.append(f"follow-ups are {list(later)}, expected the last to be {then.follow_up!r}")
    if then.referral is not None and (found := await playback_referrals.standing(player)) != then.referral:
        problems.append(f"the referral is {found!r}, expected {then.referral!r}")
    if then.consent is not None and ledger != then.consent:
        problems.append(f"ledger is {ledger}, expected {then.consent}")
    if then.case_has or then.case_lacks:
        read = "\n".join(line.text for line in (await player.read_case()).lines)
        problems += [f"counsellor does not read {piece!r}" for piece in then.case_has if piece not in read]
        problems += [f"counsellor reads {piece!r}" for piece in then.case_lacks if piece in read]
    return problems
