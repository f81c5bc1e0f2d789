"""A check that cannot fail proves nothing: one rule is broken on purpose for each "never", and must be found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.batch import steps_of
from bot.effects import Effect
from bot.events import Said
from bot.simulation.run import Gear, replay, simulate
from bot.simulation.shrink import shrink
from bot.simulation.steps import read_replay, write_replay
from content.library import Content
from escalation import consent, queue
from escalation.consent import record

Plant = Callable[[pytest.MonkeyPatch], None]
MOST_EVENTS = 1500
SHRINK_SECONDS = 10.0


def drop_what_is_typed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "bot.worker.steps_of", lambda batch: [step for step in steps_of(batch) if not isinstance(step.event, Said)]
    )


def say_nothing_to_a_disclosure(patch: pytest.MonkeyPatch) -> None:
    def words(*_args: Any, **_kwargs: Any) -> tuple[Effect, ...]:
        return ()

    patch.setattr("bot.flows.first_reply.words", words)


def open_cases_without_a_record(patch: pytest.MonkeyPatch) -> None:
    async def forgetful(unit: Any, *, item: Any, **values: Any) -> None:
        if item != "conversation":
            await record(unit, item=item, **values)

    patch.setattr(consent, "record", forgetful)


def store_words_unsealed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("store.vault._seal", lambda _key, _key_id, _row, plain: plain)
    patch.setattr("store.vault._open", lambda _key, _row, sealed: sealed)
    patch.setattr("store.vault.Vault.open", lambda _vault, _row, sealed: json.loads(sealed))


def ask_for_a_picture(patch: pytest.MonkeyPatch) -> None:
    say_also(patch, "disclosure.", "Bạn chụp ảnh cho mình xem nhé.")


def let_everybody_read(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(queue, "require", lambda _staff, _action: None)


def write_no_entry(patch: pytest.MonkeyPatch) -> None:
    async def note(*_args: Any, **_kwargs: Any) -> None:
        return None

    patch.setattr(queue, "note", note)


def make_sentences_up(patch: pytest.MonkeyPatch) -> None:
    say_also(patch, "", "Mình vừa nghĩ ra câu này.")


def say_also(patch: pytest.MonkeyPatch, start: str, more: str) -> None:
    real = Content.say

    def say(content: Content, message_id: str, *args: Any, **params: Any) -> str:
        text = real(content, message_id, *args, **params)
        return f"{text.strip()}\n{more}" if message_id.startswith(start) else text

    patch.setattr(Content, "say", say)


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (drop_what_is_typed, "never_1_unanswered"),
        (say_nothing_to_a_disclosure, "never_1_unanswered"),
        (open_cases_without_a_record, "never_2_without_consent"),
        (store_words_unsealed, "never_3_words_get_out"),
        (ask_for_a_picture, "never_4_pictures_or_secrecy"),
        (let_everybody_read, "never_5_not_allowed"),
        (write_no_entry, "never_5_no_entry"),
        (make_sentences_up, "never_6_not_written"),
    ],
)
async def test_a_broken_rule_is_found_and_its_replay_finds_it_again(
    gear: Gear, plant: Plant, check: str, tmp_path: Path
) -> None:
    file = tmp_path / "failed.yml"
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        outcome = await simulate(gear, seed=5, events=MOST_EVENTS)
        assert outcome.broken is not None
        assert outcome.broken.check == check
        shorter = await shrink(gear, outcome, outcome.broken, seconds=SHRINK_SECONDS)
        assert len(shorter.steps) <= len(outcome.steps)
        write_replay(file, shorter)
        again = await replay(gear, read_replay(file).steps)
        assert again is not None
        assert again.check == check
    assert await replay(gear, read_replay(file).steps) is None
