"""Getting to know each other: who you are, how old, in which language; and who reads what is written here."""

from dataclasses import replace

from bot.effects import ClearScreen, Effect
from bot.events import Attached, Pressed, Said
from bot.flows import limits, topics
from bot.flows.attached import refusal
from bot.moment import Moment, Turn
from bot.state import Flow, Language, Role, State, change_person
from content.schema import Band
from nlu.answers import stated_facts

NOTICE = "onboarding.notice"
_NOTICE_TO_KNOWN = "onboarding.notice_known"  # who has said who they are is not asked for it
_VITAL = "_vital"  # the same, where an emergency is passed on without a yes
NOTICES = frozenset({NOTICE, NOTICE + _VITAL, _NOTICE_TO_KNOWN, _NOTICE_TO_KNOWN + _VITAL})
_SHORT_ANSWER = 8  # words; who tells more than an age is listened to
ROLE_CHOICES = ("role.child", "role.parent", "lang.vi", "lang.en")
BAND_CHOICES = ("band.6-10", "band.11-14", "band.15-17")
_ROLES: dict[str, Role] = {"role.child": "child", "role.parent": "parent"}
_BANDS: dict[str, Band] = {"band.6-10": "6-10", "band.11-14": "11-14", "band.15-17": "15-17"}
_LANGUAGES: dict[str, Language] = {"lang.vi": "vi", "lang.en": "en"}
# What may be asked for before onboarding is done and needs an answer in the right words.
_NEEDS_ONBOARDING = ("menu", "learn", "quiz", "advice", "next", "stop", "path", "daily", "progress")


def proceed(moment: Moment) -> Turn | None:
    """Greet a newcomer, take role, band and language at any time, and ask for what is missing."""
    turn = _met(moment)
    if turn is None or not _is_someone_else(moment.state, turn.state):
        return turn
    return replace(turn, effects=(ClearScreen(), *turn.effects))


def _is_someone_else(before: State, after: State) -> bool:
    """Tell whether the phone changed hands; who only says now who they are keeps their words on the screen."""
    return after.person != before.person and (before.role is not None or before.contact is not None)


def _met(moment: Moment) -> Turn | None:
    if not isinstance(moment.event, Said | Pressed | Attached):
        return None
    if not moment.state.greeted and not _is_own_choice(moment):
        return _greet(moment)
    if _is_own_choice(moment):
        return _chosen(moment)
    if moment.choice == "profile":
        return moment.answer(replace(moment.state, flow=Flow(kind="role")), "profile.ask", ROLE_CHOICES)
    if moment.state.flow.kind in {"role", "band"} and isinstance(moment.event, Said) and moment.choice is None:
        return _typed(moment)
    return _still_missing(moment)


def _is_own_choice(moment: Moment) -> bool:
    return moment.choice is not None and moment.choice in {**_ROLES, **_BANDS, **_LANGUAGES}


def _greet(moment: Moment) -> Turn:
    state = replace(
        moment.state,
        flow=Flow(kind="role"),
        wanted_topic=topics.wanted(moment),
        heard=moment.remembered(),
    )
    greeting = moment.answer(state, _told_before(moment, NOTICE), ROLE_CHOICES)
    if state.role is not None:
        met = _band_or_welcome(moment, replace(state, flow=Flow()))
        greeting = replace(met, effects=(moment.say(state, _told_before(moment, _NOTICE_TO_KNOWN)), *met.effects))
    if isinstance(moment.event, Attached) and moment.event.kind != "sticker":
        return replace(greeting, effects=(refusal(moment, state), *greeting.effects))
    return greeting


def _chosen(moment: Moment) -> Turn:
    choice = moment.choice or ""
    state = replace(moment.state, question=None)
    if choice in _LANGUAGES:
        return _in_language(moment, replace(state, language=_LANGUAGES[choice]))
    if choice in _ROLES:
        state = change_person(state, _ROLES[choice])
        return _band_or_welcome(moment, state)
    return _welcome(moment, replace(change_person(state, "child"), band=_BANDS[choice]))


def _in_language(moment: Moment, state: State) -> Turn:
    if state.onboarded:
        return _welcome(moment, state)
    if state.role == "child":
        return moment.answer(replace(state, flow=Flow(kind="band")), "onboarding.band", BAND_CHOICES)
    return moment.answer(replace(state, flow=Flow(kind="role")), _told_before(moment, NOTICE), ROLE_CHOICES)


def _told_before(moment: Moment, notice: str) -> str:
    """Return the notice that is true here: what happens in an emergency is said before there is one."""
    return notice + _VITAL if moment.vital_interest else notice


def _band_or_welcome(moment: Moment, state: State) -> Turn:
    if state.role == "child" and state.band is None:
        return moment.answer(replace(state, flow=Flow(kind="band")), "onboarding.band", BAND_CHOICES)
    return _welcome(moment, state)


def _welcome(moment: Moment, state: State) -> Turn:
    ready = replace(state, flow=Flow(), wanted_topic="")
    first = "advice" if state.role == "parent" else "learn"
    ways = (first, "menu", "talk.now", "exit")
    welcome = moment.say(ready, "onboarding.welcome", ways, picture="mascot.hello")
    effects: list[Effect] = [*limits.screen(moment, ready), welcome]
    if state.wanted_topic:
        effects.append(topics.lead(moment, ready, state.wanted_topic))
    return Turn(state=ready, effects=tuple(effects))


def _typed(moment: Moment) -> Turn | None:
    """Take who and how old from the words; who passes the question over twice is talked with all the same."""
    role, band = facts_of(moment.text)
    state = moment.state
    if state.flow.kind != "band":  # what is typed when the age was asked for is about the age
        state = replace(state, wanted_topic=topics.wanted(moment) or state.wanted_topic)
    role = role or state.role
    if state.flow.kind == "band":
        band = band or _bare_age(moment.text)
    if role is None and band is not None:
        role = "child"
    if role is not None:
        state = change_person(state, role)
    if band is not None and role != "parent":
        state = replace(state, band=band)
    if role is None and state.flow.step > 0:
        return None
    if role is None:
        asked = replace(state, flow=replace(state.flow, step=1))
        return moment.answer(asked, "onboarding.role_again", ROLE_CHOICES)
    if moment.state.flow.kind == "band" and band is None and role == "child":
        return moment.answer(state, "onboarding.band_again", BAND_CHOICES)
    return _band_or_welcome(moment, state)


def facts_of(text: str) -> tuple[Role | None, Band | None]:
    """Return the role and band that the writer states; carers and teachers are spoken to as parents."""
    facts = stated_facts(text)
    role: Role | None = None if facts.role is None else ("child" if facts.role == "child" else "parent")
    return role, facts.band if facts.band != "adult" else None


def is_answer(moment: Moment) -> bool:
    """Tell whether a short text only answers "who are you" or "how old are you"."""
    if moment.state.flow.kind not in {"role", "band"} or len(moment.text.split()) > _SHORT_ANSWER:
        return False
    return facts_of(moment.text) != (None, None) or _bare_age(moment.text) is not None


def _bare_age(text: str) -> Band | None:
    """Read a number alone as an age, which it is only right after "how old are you"."""
    digits = text.strip()
    return facts_of(f"mình {digits} tuổi")[1] if digits.isdigit() else None


def _still_missing(moment: Moment) -> Turn | None:
    """Ask for role and band when someone who came in by an emergency moves on to lessons."""
    if moment.state.onboarded or moment.choice is None or not moment.choice.startswith(_NEEDS_ONBOARDING):
        return None
    state = replace(moment.state, question=None, wanted_topic=topics.of_choice(moment.choice))
    if state.role == "child":
        return moment.answer(replace(state, flow=Flow(kind="band")), "onboarding.band", BAND_CHOICES)
    return moment.answer(replace(state, flow=Flow(kind="role")), "onboarding.role_again", ROLE_CHOICES)
