"""Our data as a Rasa project: every line is there, and our own reader can read it back."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu.corpus import DATA, Line, corpus_files, load_corpus, load_lines, plain
from nlu.engine import JOINT
from nlu.rasa import export as module
from nlu.rasa.export import Marked, export, labels_of, read_marked, sample
from nlu.understanding import INTENTS, TOPICS, Topic

# Rasa 3.6's own expression for markup (rasa/shared/nlu/training_data/entities_parser.py).
RASA_MARKUP = re.compile(
    r"\[(?P<entity_text>[^\]]+?)\](\((?P<entity>[^:)]+?)(?:\:(?P<value>[^)]+))?\)|\{(?P<entity_dict>[^}]+?)\}"
    r"|\[(?P<list_entity_dicts>.*?)\])"
)
UNMARKED = """version: "3.1"
nlu:
- intent: ask_advice
  examples:
  - text: |
      ba em hay lên zalo, có sao không
    metadata: {topic: privacy, role: child, band: 11-14, style: [standard, indirect], writer: w1}
  - text: |
      "[link]: lạ" thì em làm gì {nhỉ} 😭
    metadata: {topic: privacy, role: child, band: 11-14, style: [emoji], writer: w1}
- intent: disclose
  examples:
  - text: |
      ba đánh em hoài
    metadata: {disclosure: true, harms: [physical_abuse], urgency: high, subject: self, topic: family_rules, writer: w1}
"""
MARKED = """version: "3.1"
nlu:
- intent: greet
  examples:
  - text: |
      chào [ba](relation), ba khỏe không
    metadata: {writer: w2}
"""


@pytest.fixture(scope="session")
def ours() -> list[Marked]:
    return read_marked("train")


def read(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def back(folder: Path) -> list[Line]:
    """Read the project with our own reader, once its labels are intents again."""
    path = folder / "data" / "nlu.yml"
    text = re.sub(rf"(?m)^(- intent: \w+)\{JOINT}\w+$", r"\1", path.read_text("utf-8"))
    again = folder / "again.yml"
    again.write_text(text, encoding="utf-8")
    return load_lines(again)


def test_every_line_is_there(ours: list[Marked], tmp_path: Path) -> None:
    assert [each.line for each in ours] == load_corpus("train")
    export(tmp_path, ours)
    assert (tmp_path / "data" / "nlu.yml").read_text("utf-8").count("\n  - text: ") == len(ours)


def test_our_own_reader_reads_lines_back_with_all_of_their_labels(ours: list[Marked], tmp_path: Path) -> None:
    some = sample(ours, 1000)
    export(tmp_path, some)
    assert Counter(back(tmp_path)) == Counter(each.line for each in some)


def test_rasas_reader_sees_the_same_texts_and_known_entities(ours: list[Marked]) -> None:
    for each in ours:
        assert RASA_MARKUP.sub(r"\g<entity_text>", each.text) == each.line.text
    named = {found["entity"] for each in ours for found in RASA_MARKUP.finditer(each.text)} - {None}
    assert named <= {"relation", "platform", "place", "age", "time", "url", "phone", "money"}


def test_the_domain_names_every_label_once_and_labels_are_intents_with_topics(
    ours: list[Marked], tmp_path: Path
) -> None:
    export(tmp_path, ours)
    labels = [block["intent"] for block in read(tmp_path / "data" / "nlu.yml")["nlu"]]
    domain = read(tmp_path / "domain.yml")
    assert domain["intents"] == labels == sorted(set(labels))
    assert {label.partition(JOINT)[0] for label in labels} == set(INTENTS)
    assert {label.partition(JOINT)[2] for label in labels} - {""} <= set(TOPICS) - {"none"}
    assert [label for label in labels if label.startswith("disclose")] == ["disclose"]


def test_a_label_of_few_lines_loses_its_topic() -> None:
    topics: list[Topic] = ["scam"] * module.FEWEST
    lines = [Line(text="a", intent="learn", topic=topic) for topic in (*topics, "privacy", "none")]
    assert labels_of(lines) == ["learn+scam"] * module.FEWEST + ["learn", "learn"]


def test_lines_without_markup_get_what_our_component_finds(tmp_path: Path) -> None:
    (tmp_path / "train_a.yml").write_text(UNMARKED, encoding="utf-8")
    first, odd, told = read_marked("train", tmp_path)
    assert '[ba]{"entity": "relation", "value": "father"}' in first.text
    assert '[zalo]{"entity": "platform", "value": "zalo"}' in first.text
    assert plain(first.text) == first.line.text
    assert plain(odd.text) == odd.line.text == '"[link]: lạ" thì em làm gì {nhỉ} 😭'
    assert told.line.intent == "disclose"


def test_markup_that_is_there_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "train_a.yml").write_text(MARKED, encoding="utf-8")
    (marked,) = read_marked("train", tmp_path)
    assert marked.text == "chào [ba](relation), ba khỏe không"
    assert marked.line.text == "chào ba, ba khỏe không"


def test_a_sample_is_always_the_same_and_in_order(ours: list[Marked]) -> None:
    drawn = sample(ours, 100)
    assert drawn == sample(ours, 100)
    assert len(drawn) == 100
    left = iter(ours)
    assert all(any(each is other for other in left) for each in drawn)
    assert sample(ours[:50], 100) == ours[:50]


def test_epochs_are_set_in_the_copy_and_the_rest_of_the_pipeline_stays(ours: list[Marked], tmp_path: Path) -> None:
    export(tmp_path, ours[:50], epochs=30)
    copied, shipped = read(tmp_path / "config.yml"), read(module.CONFIG)
    names = [component["name"] for component in copied["pipeline"]]
    diet = copied["pipeline"][names.index("DIETClassifier")]
    assert diet["epochs"] == 30
    assert diet["ranking_length"] == 0
    shipped["pipeline"][names.index("DIETClassifier")]["epochs"] = 30
    assert copied == shipped


def test_no_channel_is_opened(ours: list[Marked], tmp_path: Path) -> None:
    export(tmp_path, ours[:50])
    assert read(tmp_path / "credentials.yml") is None


def test_the_command_writes_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["export", str(tmp_path), "--most", "40", "--epochs", "3"])
    assert module.main() == 0
    assert "40 lines" in capsys.readouterr().out
    assert len(back(tmp_path)) == 40


@pytest.mark.parametrize(("text", "words"), [("version: '3.1'\nnlu: [", "E-"), (None, "--data")])
def test_the_command_says_what_is_wrong_with_the_data(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    words: str,
) -> None:
    if text is not None:
        (tmp_path / "train_a.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["export", str(tmp_path / "out"), "--data", str(tmp_path)])
    assert module.main() == 1
    assert words in capsys.readouterr().err


# --- starting Rasa --------------------------------------------------------------------------------------------------

SCRIPTS = DATA.parent / "rasa"
# Stands in for Rasa: says how it was called.
STUB = """import json, os, sys
def main():
    names = ("RASA_TELEMETRY_ENABLED", "LOG_LEVEL", "KHIEN_RASA_TOKEN")
    listed = open("/proc/self/cmdline", "rb").read().decode()
    print(json.dumps({"argv": sys.argv, "env": {n: os.environ.get(n) for n in names}, "listed": listed}))
"""


def start(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script with a Rasa that only says how it was called."""
    package, binaries = folder / "lib" / "rasa", folder / "venv" / "bin"
    for made in (package, binaries, folder / "project"):
        made.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STUB, encoding="utf-8")
    (binaries / "python").symlink_to(sys.executable)
    (binaries / "rasa").write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'import rasa.__main__ as r; r.main()' \"$@\"\n"
    )
    (binaries / "rasa").chmod(0o755)
    given = {"PATH": os.environ["PATH"], "RASA_VENV": str(folder / "venv"), "PYTHONPATH": str(folder / "lib")}
    command = ["sh", str(SCRIPTS / script), str(folder / "project")]
    return subprocess.run(command, capture_output=True, text=True, env={**given, **environment}, check=False)


def test_rasa_is_served_on_this_machine_only_with_a_token_that_nobody_sees(tmp_path: Path) -> None:
    ran = start("serve.sh", tmp_path, KHIEN_RASA_TOKEN="a-token-nobody-may-read")
    said = json.loads(ran.stdout)
    argv = said["argv"]
    assert argv[argv.index("-i") + 1] == "127.0.0.1"
    assert argv[argv.index("--auth-token") + 1] == "a-token-nobody-may-read"
    assert argv[argv.index("--credentials") + 1] == "credentials.yml"
    assert "a-token-nobody-may-read" not in said["listed"]
    assert said["env"] == {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "ERROR", "KHIEN_RASA_TOKEN": None}


def test_without_a_token_rasa_is_not_served(tmp_path: Path) -> None:
    ran = start("serve.sh", tmp_path)
    assert ran.returncode != 0
    assert ran.stdout == ""
    assert "KHIEN_RASA_TOKEN" in ran.stderr


def test_training_sends_nothing_home(tmp_path: Path) -> None:
    ran = start("train.sh", tmp_path)
    assert json.loads(ran.stdout)["env"]["RASA_TELEMETRY_ENABLED"] == "false"


def test_there_is_data_to_export() -> None:
    assert corpus_files("train", DATA)


def test_nothing_that_runs_imports_rasa() -> None:
    for path in (DATA.parent / "rasa").glob("*.py"):
        assert re.search(r"(?m)^\s*(import|from) (rasa|tensorflow)\b", path.read_text("utf-8")) is None
