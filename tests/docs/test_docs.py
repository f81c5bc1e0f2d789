"""The documentation names what the code has: settings, commands, choices, rules, states, dependencies, files, tests."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
import yaml
from prometheus_client.metrics import MetricWrapperBase

from bot import cli, effects, metrics
from bot.logs import ALLOWED
from bot.protocol import diagram
from bot.settings import Settings
from bot.turn import PRECEDENCE
from escalation.cases import TRANSITIONS
from store.tables import metadata

ROOT = Path(__file__).parents[2]
PAGES = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/where-things-go.md",
    "docs/choices.md",
    "docs/learning.md",
    "docs/privacy.md",
    "docs/safety-protocol.md",
    "docs/settings.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "adr").glob("*.md")),
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LINK = re.compile(r"\]\(([^)#:]+)\)")
FILE = re.compile(r"`((?:bot|nlu|content|escalation|store|tests|requirements|docs)/[\w./-]*)`")
SYMBOLS_AND_FILE = re.compile(r"((?:`[A-Za-z_]\w*`(?:, )?)+), `([\w./-]+\.py)`")


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def rows(page: str) -> Iterator[list[str]]:
    """Yield the cells of every table row of a page."""
    for line in read(page).splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def firsts(page: str) -> set[str]:
    """Return what stands alone and marked as code in the first cell of a row."""
    return {cells[0].strip(" `") for cells in rows(page) if re.fullmatch(r"\s*`[^`]+`\s*", cells[0])}


def commands(command: Any, path: str) -> Iterator[str]:
    """Yield every command below a group, as it is typed."""
    children = getattr(command, "commands", {})
    for name, child in children.items():
        yield from commands(child, f"{path} {name}")
    if not children:
        yield path


# --- the architecture ---


def test_the_consent_machine_is_drawn_as_it_is() -> None:
    assert f"```mermaid\n{diagram()}\n```" in read("ARCHITECTURE.md")


def test_the_rules_of_a_turn_are_listed_in_order() -> None:
    listed = [cells[1] for cells in rows("ARCHITECTURE.md") if re.fullmatch(r"\|? ?\d+", cells[0])]
    named = [f"`{rule.__module__.rpartition('.')[2]}.{getattr(rule, '__name__', '')}`" for rule in PRECEDENCE]
    assert named == listed


def test_the_states_of_a_case_are_the_table() -> None:
    table = {tuple(cell.strip(" |`") for cell in cells[:3]) for cells in rows("ARCHITECTURE.md")}
    assert {(before, event, after) for (before, event), after in TRANSITIONS.items()} <= table


def test_every_effect_is_named() -> None:
    text = read("ARCHITECTURE.md")
    assert [effect.__name__ for effect in get_args(effects.Effect) if f"`{effect.__name__}`" not in text] == []


def test_every_contract_of_imports_is_named() -> None:
    contracts = [contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]]
    listed = [cells[0].strip("| ") for cells in rows("ARCHITECTURE.md")]
    assert [name for name in contracts if name not in listed] == []


def test_a_symbol_stands_in_the_file_that_the_table_names() -> None:
    table = read("ARCHITECTURE.md").partition("## Symbol to file")[2]
    pairs = re.findall(r"^\| `(\w+)` \| `([\w./-]+)` \|$", table, re.MULTILINE)
    assert len(pairs) > 40
    assert [pair for pair in pairs if not defines(*reversed(pair))] == []


def defines(file: str, symbol: str) -> bool:
    """Tell whether a module defines a name."""
    pattern = rf"^\s*(?:async )?(?:def|class) {symbol}\b|^{symbol}\b[^=\n]*="
    return re.search(pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE) is not None


# --- reference pages ---


def test_every_choice_is_explained() -> None:
    choices = yaml.safe_load((ROOT / "content" / "vi" / "choices.yml").read_text("utf-8"))
    known = {choice["id"] for choice in choices} | {"answer.<n>", "leave.<n>"}
    assert known == firsts("docs/choices.md")


def test_every_setting_is_explained_with_its_name_in_the_environment() -> None:
    table = {(cells[0].strip("| `"), cells[1].strip(" `")) for cells in rows("docs/settings.md")}
    known = {
        (name, str(field.validation_alias or f"KHIEN_{name.upper()}")) for name, field in Settings.model_fields.items()
    }
    assert known - table == set()


def test_no_setting_is_explained_that_is_not_there() -> None:
    assert {name for name in firsts("docs/settings.md") if not name.startswith("khien ")} == set(Settings.model_fields)


def test_every_command_is_explained_and_no_other() -> None:
    known = set(commands(typer.main.get_command(cli.app), "khien"))
    assert known == {name for name in firsts("docs/settings.md") if name.startswith("khien ")}


def test_every_command_has_an_example() -> None:
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", read("docs/settings.md"), re.DOTALL))
    known = commands(typer.main.get_command(cli.app), "khien")
    assert [command for command in known if command not in blocks] == []


def test_every_table_of_the_database_is_in_the_page_on_privacy() -> None:
    named = {cells[1].strip(" `") for cells in rows("docs/privacy.md")}
    assert set(metadata.tables) - named == set()


def test_every_key_of_a_log_and_every_metric_is_in_the_page_on_privacy() -> None:
    text = read("docs/privacy.md")
    counted = [
        next(iter(value.describe())).name for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)
    ]
    assert len(counted) > 5
    assert [name for name in (*sorted(ALLOWED), *counted) if f"`{name}`" not in text] == []


def test_every_dependency_has_a_reason_and_no_other_is_named() -> None:
    declared = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["dependency-groups"]["encoder"],
    ]
    names = {re.split(r"[\[<>=!~ ]", entry)[0] for entry in declared}
    assert names == firsts("docs/adr/0012-dependencies.md")


# --- what the pages point at ---


@pytest.mark.parametrize("page", PAGES)
def test_links_and_files_are_there(page: str) -> None:
    text = read(page)
    links = [link for link in LINK.findall(text) if not ((ROOT / page).parent / link).exists()]
    files = [name for name in FILE.findall(text) if not (ROOT / name).exists()]
    assert links + files == []


def test_the_safety_page_names_symbols_where_they_are() -> None:
    found = [
        (file, symbol)
        for cells in rows("docs/safety-protocol.md")
        for symbols, file in SYMBOLS_AND_FILE.findall(cells[-2])
        for symbol in re.findall(r"\w+", symbols)
    ]
    assert len(found) > 50
    assert [pair for pair in found if not defines(*pair)] == []


@pytest.mark.parametrize("page", PAGES)
def test_pages_hold_no_place_of_one_machine(page: str) -> None:
    assert re.search(r"(?<![\w.])/(?:work|home|root|tmp)/", read(page)) is None
