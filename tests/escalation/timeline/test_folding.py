"""The timeline's fold: order, runs of the same, what stands twice in the trail and once on the page."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from escalation.timeline.folding import SUPERVISED, Decided, Happened, fold

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ACTIONS = st.sampled_from(
    [
        "case.opened",
        "case.viewed",
        "case.watched",
        "case.replied",
        "case.claimed",
        "case.given",
        "case.whispered",
        "x.y",
    ]
)
LOOKS = ("case.viewed", "case.watched", "referral.viewed", "tasks.viewed", "timeline.viewed")
HAPPENED = st.lists(
    st.builds(
        lambda minute, actor, action: Happened(at=START + timedelta(minutes=minute), actor=actor, action=action),
        st.integers(0, 50),
        st.sampled_from(["lan", "nam", "child"]),
        ACTIONS,
    ),
    max_size=30,
).map(lambda found: sorted(found, key=lambda one: one.at))
DECIDED = st.lists(
    st.builds(
        lambda minute: Decided(at=START + timedelta(minutes=minute), item="area", decision="granted"),
        st.integers(0, 50),
    ),
    max_size=5,
)


def at(minute: int, actor: str, action: str) -> Happened:
    return Happened(at=START + timedelta(minutes=minute), actor=actor, action=action)


def told(*happened: Happened, supervising: bool = True) -> list[tuple[str, str, int]]:
    return [(one.kind, one.actor, one.count) for one in fold(happened, (), supervising=supervising)]


def test_replies_that_follow_one_another_are_one_line_with_their_number() -> None:
    entries = fold(
        [at(1, "lan", "case.replied"), at(2, "lan", "case.replied"), at(9, "lan", "case.replied")], (), supervising=True
    )
    assert [(one.count, one.at, one.until) for one in entries] == [
        (3, START + timedelta(minutes=1), START + timedelta(minutes=9))
    ]


def test_a_run_ends_where_somebody_else_or_something_else_comes_between() -> None:
    assert told(
        at(1, "lan", "case.replied"),
        at(2, "nam", "case.viewed"),
        at(3, "lan", "case.replied"),
        at(4, "nam", "case.watched"),
    ) == [("case_replied", "lan", 1), ("viewed", "nam", 1), ("case_replied", "lan", 1), ("viewed", "nam", 1)]


def test_every_way_to_look_is_a_look() -> None:
    looks = [at(n, "lan", name) for n, name in enumerate(LOOKS)]
    assert told(*looks) == [("viewed", "lan", 5)]


def test_a_change_of_hands_is_told_once() -> None:
    assert told(at(1, "lan", "case.claimed"), at(5, "nam", "case.claimed"), at(5, "lan", "case.given")) == [
        ("case_claimed", "lan", 1),
        ("case_given", "lan", 1),
    ]


def test_what_only_who_supervises_may_know_is_left_out_for_others() -> None:
    private = [at(1, "mai", "case.whispered"), at(2, "console:x", "hold.added"), at(3, "lan", "case.replied")]
    assert told(*private, supervising=False) == [("case_replied", "lan", 1)]
    assert len(told(*private)) == 3


def test_what_another_part_of_the_desk_writes_appears_by_itself() -> None:
    assert told(at(1, "lan", "referral.sent")) == [("referral_sent", "lan", 1)]


@given(HAPPENED, DECIDED)
def test_nothing_is_lost_and_time_runs_forward(happened: list[Happened], decided: list[Decided]) -> None:
    entries = fold(happened, decided, supervising=True)
    given_at = {one.at for one in happened if one.action == "case.given"}
    twice = sum(one.action == "case.claimed" and one.at in given_at for one in happened)
    assert sum(one.count for one in entries) == len(happened) + len(decided) - twice
    assert [one.at for one in entries] == sorted(one.at for one in entries)


@given(HAPPENED)
def test_who_does_not_supervise_never_reads_what_is_supervised(happened: list[Happened]) -> None:
    assert not {one.kind for one in fold(happened, (), supervising=False)} & SUPERVISED
