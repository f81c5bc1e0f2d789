"""The written lines are what their tags say, or the checks that rely on them prove nothing."""

from pathlib import Path

import pytest

from bot.simulation.lines import LinesError, Speaker, read_lines
from bot.simulation.run import Gear
from bot.simulation.steps import Tag

SPEAKERS: tuple[Speaker, ...] = ("child", "teen", "parent", "intruder")
TAGS: tuple[Tag, ...] = ("none", "disclosure", "emergency")


def test_the_listener_hears_every_line_as_it_is_tagged(gear: Gear) -> None:
    lines = read_lines()
    wrong = []
    for speaker in SPEAKERS:
        for tag in TAGS:
            for line in lines.of(speaker, tag):
                alone, _ = gear.listener.readings(line)
                heard = alone.decision == "disclosure"
                if heard != (tag != "none") or (tag == "emergency" and alone.urgency != "emergency"):
                    wrong.append((speaker, tag, line, alone.decision, alone.urgency))
    assert wrong == []


def test_a_number_without_quotes_is_told_about_with_the_way_to_mend_it(tmp_path: Path) -> None:
    file = tmp_path / "lines.yml"
    file.write_text("child: {none: [2], disclosure: [], emergency: []}")
    with pytest.raises(LinesError, match=r"lines.yml: child.none.0: .*put numbers in quotes"):
        read_lines(file)


def test_a_file_that_is_not_yaml_is_told_about_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "lines.yml"
    file.write_text("child:\n  none: [\n")
    with pytest.raises(LinesError, match=r"lines.yml:\d+: not YAML"):
        read_lines(file)
