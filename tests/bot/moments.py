"""Hand-made moments for the pure turn: a state, one event, and what the listener is said to have heard."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, get_args

from hypothesis import strategies as st

from bot.cards import Card
from bot.effects import Desk, Effect, Reading, Say
from bot.events import Event, Pressed, Said
from bot.follow_up import FollowUp
from bot.learning import Finished, Learning, Measure, Result
from bot.moment import Moment, Turn
from bot.plan import STEPS, Entry, Plan
from bot.protocol import Stage
from bot.state import Aside, Contact, Flow, Heard, HeldReply, Matter, Pace, Question, Refused, State
from content.library import Content
from content.schema import BANDS
from nlu.understanding import HARMS, Understanding

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
STAGES: tuple[Stage, ...] = get_args(Stage)
ITEMS = ("conversation", "nickname", "area", "phone")
NOTHING = Understanding(intent="chitchat", confidence=0.9, topic="none", probability=0.0, decision="none")


@cache
def our_content() -> Content:
    """Return the product's own content, read once."""
    return Content.load()


def disclosure(urgency: Any = "high", *harms: Any, subject: Any = "self") -> Understanding:
    """Return what the listener says of a disclosure."""
    return Understanding(
        intent="disclose",
        confidence=0.9,
        topic="none",
        probability=0.95,
        decision="disclosure",
        harms=harms or ("physical_abuse",),
        urgency=urgency,
        subject=subject,
    )


def borderline(urgency: Any = "moderate", *harms: Any) -> Understanding:
    """Return what the listener says of a hint."""
    return Understanding(
        intent="chitchat",
        confidence=0.9,
        topic="none",
        probability=0.5,
        decision="borderline",
        harms=harms or ("physical_abuse",),
        urgency=urgency,
        subject="self",
    )


def said(text: str, heard: Understanding = NOTHING, *, state: State | None = None, **more: Any) -> Moment:
    """Return the moment in which somebody typed `text`."""
    event = Said(seq=50, first_seq=50, text=text)
    return happened(event, state=state, reading=Reading(alone=heard, together=heard), **more)


def pressed(choice: str, *, state: State | None = None, **more: Any) -> Moment:
    """Return the moment in which somebody pressed a button."""
    return happened(Pressed(seq=50, choice=choice), state=state, choice=choice, **more)


def happened(event: Event, *, state: State | None = None, **more: Any) -> Moment:
    """Return the moment of any event."""
    given = {"choice": None, "reading": None, "desk": Desk(), "content": our_content(), "now": NOW} | more
    return Moment(state=state or State(), event=event, **given)


def spoken(turn: Turn) -> list[str]:
    """Return the ids of what a turn says."""
    return [effect.message_id for effect in turn.effects if isinstance(effect, Say)]


def of_kind(turn: Turn, kind: type[Effect]) -> list[Any]:
    """Return a turn's effects of one kind."""
    return [effect for effect in turn.effects if isinstance(effect, kind)]


def child(band: Any = "11-14", **more: Any) -> State:
    """Return the state of a child who has been greeted and is known."""
    return State(role="child", band=band, greeted=True, **more)


def matter(stage: Stage = "told", urgency: Any = "high", **more: Any) -> Matter:
    """Return a disclosure."""
    given: dict[str, Any] = {"from_seq": 3, "harms": ("physical_abuse",), "subject": "self", "opened_at": NOW} | more
    return Matter(stage=stage, urgency=urgency, **given)


def asking(item: str = "conversation", *, asked: int = 1, **more: Any) -> State:
    """Return the state of a child to whom the consent question for `item` is open."""
    stage: Stage = ("asked" if asked == 1 else "asked_again") if item == "conversation" else "shared"
    contact = None if item == "conversation" else Contact(case_id="case")
    question = Question(kind="consent", item=item, wording=f"consent.{item}@1", asked=asked)
    return child(question=question, matter=matter(stage), contact=contact, **more)


# --- random states -------------------------------------------------------------------------------------------------

times = st.timedeltas(timedelta(), timedelta(days=9)).map(lambda ago: NOW - ago)
matters = st.builds(
    Matter,
    stage=st.sampled_from(STAGES),
    from_seq=st.integers(1, 49),
    urgency=st.sampled_from(["moderate", "high", "emergency"]),
    harms=st.lists(st.sampled_from(HARMS), max_size=3, unique=True).map(tuple),
    subject=st.sampled_from(["self", "other_child", "own_child"]),
    opened_at=times,
    injured=st.booleans(),
    own_act=st.booleans(),
)
contacts = st.builds(
    Contact,
    case_id=st.just("case"),
    way=st.sampled_from(["talk", "passed_on", "refused"]),
    vital=st.booleans(),
    connected=st.booleans(),
    name=st.sampled_from(["", "Cô Lan"]),
    hidden=st.booleans(),
    closed=st.booleans(),
    held=st.lists(
        st.builds(HeldReply, seq=st.integers(1, 49), text=st.text(max_size=9), name=st.just("Cô Lan")), max_size=2
    ).map(tuple),
    announced=st.booleans(),
    unlocked_at=st.none() | times,
)
questions = (
    st.builds(
        Question,
        kind=st.sampled_from(["safe", "talk", "about", "withdraw", "delete", "word", "complaint"]),
    )
    | st.builds(
        Question,
        kind=st.just("follow_up"),
        item=st.sampled_from(["day", "part", "how"]),
        asked=st.sampled_from([1, 2]),
    )
    | st.builds(
        Question,
        kind=st.just("consent"),
        item=st.sampled_from(ITEMS),
        wording=st.just("consent.x@1"),
        asked=st.sampled_from([1, 2]),
    )
    | st.builds(Question, kind=st.just("item"), item=st.sampled_from(ITEMS[1:]), wording=st.just("consent.x@1"))
)
QUESTIONS = sorted(our_content().question_ids)
follow_ups = st.builds(
    FollowUp,
    case_id=st.just("case"),
    stage=st.sampled_from(["asked", "agreed", "held"]),
    day=st.sampled_from([0, 1, 3, 7]),
    part=st.sampled_from([None, "afternoon", "evening"]),
    due_at=st.none() | times,
)
days = times.map(lambda at: at.date())
learnings = st.builds(
    Learning,
    audience=st.sampled_from(["6-10", "11-14", "parent"]),
    finished=st.lists(
        st.builds(Finished, topic=st.sampled_from(our_content().topics), on=days),
        max_size=5,
        unique_by=lambda it: it.topic,
    ).map(tuple),
    results=st.lists(
        st.builds(
            Result,
            topic=st.sampled_from(our_content().topics),
            right=st.integers(0, 6),
            total=st.just(6),
            on=days,
        ),
        max_size=3,
        unique_by=lambda it: it.topic,
    ).map(tuple),
    cards=st.lists(
        st.builds(
            Card,
            question=st.sampled_from([*QUESTIONS, "scam.6-10.gone"]),
            reviewed=days,
            due=days,
            stability=st.floats(0.01, 90),
            difficulty=st.floats(1, 10),
            right=st.integers(0, 2),
        ),
        max_size=3,
        unique_by=lambda it: it.question,
    ).map(tuple),
    seen=st.lists(st.sampled_from(QUESTIONS), max_size=3, unique=True).map(tuple),
    measures=st.lists(
        st.builds(
            Measure,
            topic=st.sampled_from(our_content().topics),
            before=st.sampled_from(["right", "wrong", "skipped"]),
            after=st.sampled_from([None, "right"]),
        ),
        max_size=2,
        unique_by=lambda it: it.topic,
    ).map(tuple),
    told=st.lists(st.sampled_from(["adult", "nobody", "skipped"]), max_size=2).map(tuple),
    hidden=st.booleans(),
    on=st.none() | days,
)
learned = st.lists(learnings, max_size=2, unique_by=lambda it: it.audience).map(tuple)
entries = st.builds(Entry, option=st.integers(1, 4)) | st.builds(Entry, own=st.text(min_size=1, max_size=9))
plans = st.builds(Plan, entries=st.tuples(*(st.none() | entries for _ in STEPS)), on=days, hidden=st.booleans())
flows = st.one_of(
    st.builds(Flow, kind=st.sampled_from(["idle", "role", "band", "who"])),
    st.builds(Flow, kind=st.just("plan"), step=st.integers(0, len(STEPS) - 1)),
    st.builds(
        Flow,
        kind=st.sampled_from(["pre", "post", "whom"]),
        topic=st.sampled_from(our_content().topics),
        step=st.sampled_from([0, 9]),
    ),
    st.builds(
        Flow,
        kind=st.just("daily"),
        step=st.integers(0, 3),
        right=st.integers(0, 1),
        questions=st.lists(st.sampled_from(QUESTIONS), max_size=3, unique=True).map(tuple),
    ),
    st.builds(
        Flow,
        kind=st.sampled_from(["lesson", "quiz", "advice"]),
        topic=st.sampled_from(our_content().topics),
        step=st.integers(0, 1),
        right=st.integers(0, 1),
    ),
)
states = st.builds(
    State,
    language=st.sampled_from(["vi", "en"]),
    role=st.sampled_from([None, "child", "parent"]),
    band=st.sampled_from([None, *BANDS]),
    greeted=st.booleans(),
    wanted_topic=st.sampled_from(["", *our_content().topics]),
    flow=flows,
    question=st.none() | questions,
    matter=st.none() | matters,
    contact=st.none() | contacts,
    hint=st.none() | matters,
    aside=st.none()
    | st.builds(
        Aside,
        role=st.sampled_from(["child", "parent"]),
        matter=st.none() | matters,
        contact=st.none() | contacts,
        discreet_word=st.sampled_from(["", "cam"]),
        learned=learned,
        plan=st.none() | plans,
        follow_up=st.none() | follow_ups,
    ),
    refused=st.lists(
        st.builds(Refused, from_seq=st.integers(1, 9), to_seq=st.integers(10, 49), due_at=times), max_size=2
    ).map(tuple),
    heard=st.lists(
        st.builds(Heard, seq=st.integers(1, 49), text=st.text(max_size=20), at=times, hint=st.booleans()), max_size=3
    ).map(tuple),
    asked_about=st.lists(st.sampled_from(HARMS), max_size=2).map(tuple),
    offered=st.booleans(),
    discreet_word=st.sampled_from(["", "xoai"]),
    plan=st.none() | plans,
    follow_up=st.none() | follow_ups,
    away=st.booleans(),
    pace=st.none() | st.builds(Pace, since=times, count=st.integers(1, 20)),
    talked_until=st.none() | times,
    learned=learned,
)
