"""Each case names the ground of law it stands on, and what it may be used for."""

import pytest

from escalation import cases
from escalation.desk.wording import words
from escalation.grounds import GROUNDS, PURPOSES, ground_of, words_of
from escalation.tables import trail
from tests.escalation.hotline import Hotline

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


@pytest.mark.parametrize(
    ("who", "grounds"),
    [
        ({"role": "child", "band": "6-10", "urgency": "high"}, ("duty_19_1_dd_51",)),
        ({"role": "child", "band": None, "urgency": "moderate"}, ("duty_19_1_dd_51",)),
        ({"role": "child", "band": "11-14", "urgency": "emergency"}, ("urgent_19_1_a", "duty_19_1_dd_51")),
        ({"role": "child", "band": "15-17", "urgency": "high"}, ("consent_9", "duty_if_under_16")),
        ({"role": "parent", "band": None, "urgency": "high"}, ("consent_9", "duty_19_1_dd_51")),
    ],
)
def test_the_ground_follows_age_role_and_urgency(who: dict[str, str | None], grounds: tuple[str, ...]) -> None:
    assert ground_of(basis="consent", **who) == grounds  # type: ignore[arg-type]


def test_who_was_not_asked_has_not_consented() -> None:
    assert "consent_9" not in ground_of(basis="vital_interest", role="child", band="15-17", urgency="high")


def test_every_ground_and_purpose_has_words_at_the_desk() -> None:
    assert (set(words()["ground"]), set(words()["purpose"])) == (set(GROUNDS), set(PURPOSES))


async def test_the_case_and_its_trail_record_ground_and_purposes(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child(band="15-17")
    row = await lite_hotline.row(case_id)
    assert words_of(row.ground) == ("consent_9", "duty_if_under_16")
    assert words_of(row.purposes) == PURPOSES
    (entry,) = await lite_hotline.rows(trail, action="case.opened")
    assert "duty_if_under_16" in entry.detail


async def test_an_emergency_adds_its_ground(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child()
    async with lite_hotline.database.transaction() as unit:
        await cases.raise_case(unit, case_id, urgency="emergency", harms=(), now=lite_hotline.now)
    assert words_of((await lite_hotline.row(case_id)).ground) == ("urgent_19_1_a", "duty_19_1_dd_51")


def test_a_ground_of_before_names_none() -> None:
    assert words_of("Law 91/2025/QH15 art. 19") == ()
