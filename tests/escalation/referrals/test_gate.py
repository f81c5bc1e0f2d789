"""The pure parts: the tables, the gate, the receivers' file, the packet."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.library import Content
from escalation.referrals.errors import NotNow, ReceiversError, Unreadable
from escalation.referrals.gate import GROUND_WORDS, Standing, Yes, basis_of
from escalation.referrals.machine import (
    ASKING,
    OPEN,
    OUTSIDE,
    TRANSITIONS,
    UNSENT,
    Asking,
    Event,
    State,
    answers_to,
    diagram,
    next_state,
)
from escalation.referrals.packet import Frame, Packet, clean, document_of, packet_of, to_json, to_text
from escalation.referrals.receivers import PACKET_FIELDS, RECEIVERS, our_receivers, read_receivers, receivers_at

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SHUT = Standing(asking="unasked", asked_at=None, ledger=None, ground=None, reason_by=None, signed_by=None)
AGREED = replace(SHUT, asking="granted", asked_at=NOW, ledger=Yes(decision="granted", at=NOW))
SIGNED = replace(SHUT, ground="urgent_19_1_a", reason_by="lan", signed_by="an")
FRAME = Frame(
    language="vi",
    title="Phiếu chuyển",
    organisation="Tổng đài 111",
    footer="Riêng tư.",
    labels={name: name.upper() for name in (*PACKET_FIELDS, "head")},
    named={"urgency": {"high": "Cao"}, "harms": {"scam": "Lừa đảo"}, "basis": {"consent": "Em đồng ý"}},
)
FACTS = {"case": "abcdef0123", "receiver": "school", "sender": "Cô Lan", "basis": "consent", "urgency": "high"}


@pytest.mark.parametrize(
    ("standing", "basis"),
    [
        (SHUT, None),
        (AGREED, "consent"),
        (replace(AGREED, asking="asked"), None),
        (replace(AGREED, asking="withdrawn"), None),
        (replace(AGREED, ledger=None), None),
        (replace(AGREED, ledger=Yes(decision="withdrawn", at=NOW)), None),
        (replace(AGREED, ledger=Yes(decision="granted", at=NOW - timedelta(seconds=1))), None),  # to an older question
        (SIGNED, "ground"),
        (replace(SIGNED, signed_by=None), None),
        (replace(SIGNED, signed_by="lan"), None),
        (replace(SIGNED, reason_by=None), None),
        (replace(SIGNED, ground="because"), None),
        (replace(SIGNED, asking="refused"), "ground"),
    ],
)
def test_only_a_yes_to_this_question_or_two_hands_open_the_gate(standing: Standing, basis: str | None) -> None:
    assert basis_of(standing) == basis


@given(
    st.builds(
        Standing,
        asking=st.sampled_from(get_args(Asking)),
        asked_at=st.sampled_from([None, NOW]),
        ledger=st.sampled_from([None, *(Yes(decision=word, at=NOW) for word in ("granted", "refused", "withdrawn"))]),
        ground=st.sampled_from([None, *GROUND_WORDS, "x"]),
        reason_by=st.sampled_from([None, "lan", "an"]),
        signed_by=st.sampled_from([None, "lan", "an"]),
    )
)
def test_whatever_stands_a_shut_gate_has_neither_and_an_open_one_has_one(standing: Standing) -> None:
    yes = standing.asking == "granted" and standing.ledger is not None and standing.ledger.decision == "granted"
    hands = {standing.reason_by, standing.signed_by} - {None}
    match basis_of(standing):
        case "consent":
            assert yes
        case "ground":
            assert len(hands) == 2
        case None:
            assert not (yes and standing.asked_at) or len(hands) < 2 or standing.ground not in GROUND_WORDS


def test_what_is_not_in_the_table_cannot_happen() -> None:
    for state in get_args(State):
        for event in get_args(Event):
            if (state, event) not in TRANSITIONS:
                with pytest.raises(NotNow):
                    next_state(state, event)


def test_every_state_is_reached_and_the_ended_ones_stay() -> None:
    assert {"draft", *TRANSITIONS.values()} == set(get_args(State))
    assert {state for state, _ in TRANSITIONS} == set(OPEN)
    assert set(UNSENT) | set(OUTSIDE) == set(OPEN)
    assert set(ASKING.values()) | {"unasked"} == set(get_args(Asking))
    assert answers_to("sent") == ("accept", "refuse", "return")
    assert answers_to("draft") == ()


def test_the_diagram_is_the_one_of_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "referrals.md").read_text("utf-8")
    assert f"```mermaid\n{diagram()}\n```" in page


# --- receivers -----------------------------------------------------------------------------------------------------


def test_every_receiver_has_a_question_of_its_own_in_both_languages() -> None:
    content = Content.load()
    assert set(our_receivers()) == set(RECEIVERS)
    for receiver in RECEIVERS:
        for language in ("vi", "en"):
            assert content.wording(f"referral.ask_{receiver}", "11-14", language).startswith("referral.ask_")


def test_nobody_gets_more_than_the_file_allows() -> None:
    health = our_receivers()["health"]
    assert health.chosen(frozenset({"phone", "harms"})) == ("harms", "phone")
    with pytest.raises(Unreadable):
        health.chosen(frozenset({"area"}))
    assert "area" not in health.goes(("area", "phone"))  # chosen once, and taken out of the file since


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("id: police", "id: army"), r"own\.yml:14: id: .*Compare"),
        (("id: police", "id: commune"), r"own\.yml:14: `commune` stands twice\. Take one"),
        (("may: [band, nickname, area", "may: [urgency, nickname, area"), r"own\.yml:10: urgency stands in `always`"),
        (("send_within: [12, 24]", "send_within: [0, 24]"), r"own\.yml:\d+: send_within\.0: .*Compare"),
        (("- id: commune", "id: commune"), r"own\.yml:\d+: KC002"),
    ],
)
def test_a_broken_file_of_receivers_names_line_and_remedy(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    ours = Path(__file__).parents[3] / "escalation" / "referrals" / "receivers.yml"
    own = tmp_path / "own.yml"
    own.write_text(ours.read_text("utf-8").replace(*change, 1), "utf-8")
    with pytest.raises(ReceiversError, match=words):
        receivers_at(own)


def test_a_file_that_is_not_there_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(ReceiversError, match=r"none\.yml: cannot be read.*Copy escalation/referrals/receivers\.yml"):
        receivers_at(tmp_path / "none.yml")
    with pytest.raises(ReceiversError, match=r"x:1: a list"):
        read_receivers("x", "a: 1\n")


# --- the packet ----------------------------------------------------------------------------------------------------


def test_the_packet_holds_what_may_go_and_has_a_value() -> None:
    school = our_receivers()["school"]
    facts = {**FACTS, "harms": "scam", "area": "Huế", "nickname": "Na", "phone": "", "request": "Giữ em an toàn."}
    packet = packet_of(school, ("nickname", "phone"), facts)  # type: ignore[arg-type]
    assert dict(packet.values) == {**FACTS, "nickname": "Na", "request": "Giữ em an toàn."}


def test_the_paper_speaks_the_language_and_long_words_have_parts_of_their_own() -> None:
    packet = Packet(values=(("case", "abcdef0123"), ("receiver", "school"), ("urgency", "high"), ("account", "a\n\nb")))
    paper = document_of(packet, FRAME, our_receivers(), "08:00 22/11/2026")
    assert [field.value for field in paper.sections[0].fields] == ["ABCDEF", "Nhà trường", "Cao"]
    assert paper.sections[1].paragraphs == ("a", "b")
    assert to_text(paper).splitlines()[:2] == ["PHIẾU CHUYỂN", "Tổng đài 111 · 08:00 22/11/2026"]
    machine = json.loads(to_json(packet, paper, NOW))
    assert (machine["khien_referral"], machine["fields"]["receiver"]) == (1, "school")
    assert Packet.from_sealed(json.loads(json.dumps(packet.to_sealed()))) == packet


@given(st.text())
def test_nothing_that_nobody_sees_goes_along(text: str) -> None:
    cleaned = clean(text)
    assert not [mark for mark in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff\x00\r\x1b" if mark in cleaned]
    assert clean(cleaned) == cleaned


def test_vietnamese_letters_stay() -> None:
    assert clean("Em ở Thừa Thiên\nHuế \u202enặng") == "Em ở Thừa Thiên\nHuế nặng"
