"""Whatever stands in the trail has words in both languages: every act, every key of a detail, every value of ours.

The acts and keys are read from the source: each function of the product that writes an entry is walked, so that a new
act or key without words fails here, and so does a way of writing that the walk cannot follow.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args

import pytest

import bot
import escalation
from bot.effects import TellDesk
from escalation import denials, follow_ups, grounds
from escalation.api.operations import OPERATIONS
from escalation.audit.reading import Entry
from escalation.contact import OUTCOMES
from escalation.desk import wording
from escalation.desk.routes import ROUTES
from escalation.desk.trail_words import facts, label
from escalation.errors import EscalationError
from escalation.permissions import ACTIONS, POLICY
from escalation.referrals import asking, machine
from escalation.referrals.gate import GROUND_WORDS, Basis
from escalation.referrals.receivers import RECEIVERS
from escalation.referrals.sending import WAYS
from escalation.shift.picking import PICK_REASONS
from escalation.staff.accounts import staff_stream
from escalation.tasks.reading import Kind
from tests.escalation.world import Desk, World

Function = ast.FunctionDef | ast.AsyncFunctionDef
WRITES = {"record", "note", "_note"}
OTHER_BOOKS = {"consent", "lobby", "tally", "self"}
"""Whose `record` and `note` are not the trail's."""
ACT = re.compile(r"[a-z_]+\.(?!html)[a-z_]+")
FIXED = {"stream", "actor", "action", "at", "by", "now", "reason"}
"""Arguments of the writing functions that are no part of the detail."""
LANGUAGES = ("vi", "en")
PUT_TOGETHER: dict[str, tuple[str, ...]] = {
    "referral.": (*get_args(asking.ChildEvent), "told"),
    "follow_up.": get_args(follow_ups.Event),
    "child.": get_args(TellDesk.__annotations__["what"]),
}
"""Acts whose last word comes from elsewhere, by their first one."""


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in (escalation, bot):
        for file in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            if not {"simulation", "migrations"} & set(file.parts):
                yield file, ast.parse(file.read_text(encoding="utf-8"))


def writes(node: ast.AST) -> Iterator[ast.Call]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            named = call.func
            if isinstance(named, ast.Attribute) and named.attr in WRITES:
                if not (isinstance(named.value, ast.Name) and named.value.id in OTHER_BOOKS):
                    yield call
            elif isinstance(named, ast.Name) and named.id in WRITES:
                yield call


def acts_in(node: ast.AST) -> set[str]:
    """Return every text that looks like an act, but for those of the policy that are asked for."""
    asked = {
        id(inner)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"require", "may"}
        for inner in ast.walk(call)
    }
    texts = [one for one in ast.walk(node) if isinstance(one, ast.Constant) and id(one) not in asked]
    return {one.value for one in texts if isinstance(one.value, str) and ACT.fullmatch(one.value)}


def acts_of(file: Path, module: ast.Module, function: Function) -> set[str]:
    """Return the acts that a function writes, or none where it only passes on what its callers name."""
    found = acts_in(function)
    for text in ast.walk(function):
        if isinstance(text, ast.JoinedStr) and isinstance(text.values[0], ast.Constant):
            first = str(text.values[0].value)
            if first in PUT_TOGETHER:
                found |= {first + last for last in PUT_TOGETHER[first]}
    for call in writes(function):
        if file.parent.name == "referrals" and isinstance(call.func, ast.Name) and len(call.args) > 4:
            last = call.args[4]
            found |= {f"referral.{last.value!s}"} if isinstance(last, ast.Constant) else set()
            found |= {f"referral.{one}" for one in machine.ANSWERS} if isinstance(last, ast.Name) else set()
    known = {one.id for call in writes(function) for one in ast.walk(call) if isinstance(one, ast.Name)}
    for statement in module.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        if isinstance(target, ast.Name) and target.id in known:
            found |= acts_in(statement)
    if "CLAIMED" in known:
        found.add("case.claimed")
    return found


def keys_of(value: ast.AST | None, function: Function) -> set[str]:
    """Return the keys of a detail, as far as this function writes them."""
    if isinstance(value, ast.Dict):
        own = {key.value for key in value.keys if isinstance(key, ast.Constant)}
        spread = (each for key, each in zip(value.keys, value.values, strict=True) if key is None)
        return {str(key) for key in own}.union(*(keys_of(each, function) for each in spread))
    if isinstance(value, ast.BinOp):
        return keys_of(value.left, function) | keys_of(value.right, function)
    if isinstance(value, ast.IfExp):
        return keys_of(value.body, function) | keys_of(value.orelse, function)
    if isinstance(value, ast.Name):
        return set().union(*(keys_of(each, function) for each in assigned(value.id, function)))
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "of_ours":
        return filters()
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        return keys_of(value.args[0], function) | indexed(value.args[0], function)
    return set()


def assigned(name: str, function: Function) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            for target in targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value


def indexed(name: ast.expr, function: Function) -> set[str]:
    """Return the keys that are set one by one, as in `removed["talk"] = …`."""
    places = [one for one in ast.walk(function) if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store)]
    mine = [one for one in places if ast.dump(one.value).replace("Load", "") == ast.dump(name).replace("Load", "")]
    return {str(one.slice.value) for one in mine if isinstance(one.slice, ast.Constant)}


@cache
def filters() -> set[str]:
    """Return what a search or a narrowed trail says of itself."""
    found: set[str] = set()
    for _, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name == "of_ours":
                dicts = [one for one in ast.walk(node) if isinstance(one, ast.Dict)]
                found |= {str(key.value) for one in dicts for key in one.keys if isinstance(key, ast.Constant)}
    return found


@cache
def written() -> dict[str, set[str]]:
    """Return every act of the product with the keys that may stand beside it."""
    found: dict[str, set[str]] = {}
    for file, module in modules():
        for function in ast.walk(module):
            if not isinstance(function, Function):
                continue
            calls = list(writes(function))
            passed_on = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)} & {"action"}
            acts = acts_of(file, module, function) if calls else set()
            assert not calls or acts or passed_on, f"{file}:{function.lineno}: which act does {function.name} write?"
            keys: set[str] = set()
            for call in calls:
                for each in call.args:
                    keys |= keys_of(each, function)
                for keyword in call.keywords:
                    if keyword.arg in {"detail", None}:
                        keys |= keys_of(keyword.value, function)
                    elif keyword.arg not in FIXED or "queue" in ast.dump(call.func):
                        keys.add(str(keyword.arg))
            for act in acts or ({f"{file.name}:{function.name}"} if calls else set()):
                found.setdefault(act, set()).update(keys)
    return found


def words(language: str) -> Any:
    return wording.words(language)["records"]["trail"]


def test_the_walk_finds_what_is_known_to_be_written() -> None:
    found = written()
    assert {"count", "of"} <= found["tasks.listed"]
    assert {"form", "version", "fields", "waiting"} <= found["file.saved"]
    assert {"urgency", "harms", "basis", "ground", "purposes"} <= found["case.opened"]
    assert {"number", "province", "nickname", "cases"} <= found["cases.searched"]
    assert {"talk", "case", "doors", "conversation"} <= found["retention.purged"]
    assert {"route", "why", "id"} <= found["access.denied"]
    assert {"reason"} <= found["case.picked"]
    assert {"grant", "until"} <= found["case.glass_broken"]
    assert {"referral.sent", "referral.accept", "referral.told", "follow_up.move", "child.danger"} <= set(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_has_words(language: str) -> None:
    assert {act for act in written() if ACT.fullmatch(act)} - set(words(language)["action_of"]) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_a_detail_has_words(language: str) -> None:
    labels = words(language)["detail"]
    missing = {(act, key) for act, keys in written().items() for key in keys if not {key, f"{act}.{key}"} & set(labels)}
    assert missing == set()


def subclasses(kind: type[EscalationError]) -> set[type[EscalationError]]:
    return {kind}.union(*(subclasses(each) for each in kind.__subclasses__()))


VALUES: dict[str, tuple[str, tuple[str, ...]]] = {
    "route": ("access.denied", tuple({*(one.name for one in OPERATIONS), *(str(r.kwargs["name"]) for r in ROUTES)})),
    "why": ("access.denied", tuple(one.__name__ for kind in denials._REFUSALS for one in subclasses(kind))),
    "reason": ("case.picked", PICK_REASONS),
    "outcome": ("case.closed", OUTCOMES),
    "purposes": ("case.opened", grounds.PURPOSES),
    "basis": ("referral.sent", get_args(Basis)),
    "ground": ("referral.signed", GROUND_WORDS),
    "how": ("referral.sent", WAYS),
    "receiver": ("referral.drafted", RECEIVERS),
    "state": ("referral.late", machine.OPEN),
    "kind": ("task.done", get_args(Kind)),
    "role": ("staff.created", tuple(POLICY)),
    "actions": ("staff.token_created", ACTIONS),
    "of": ("tasks.listed", ("own", "area")),
    "what": ("file.exported", ("all", "01", "02", "03", "06")),
    "form": ("referral.packet_taken", ("txt", "json")),
    "page": ("case.viewed", ("file", "file/01", "file/02/merge", "file/export", "file/compare", "file/06/quote")),
    "until": ("case.glass_broken", ("2026-11-22T08:30:00+00:00",)),
}
"""What a key may say, beside one of the acts that say it."""
AT_THE_DOOR = {
    "sign_in",
    "enter",
    "recover",
    "recover_enter",
    "setup",
    "set_up",
    "reset",
    "reset_begin",
    "reset_finish",
}
"""Nobody is known there, so nobody is denied."""


def said(action: str, detail: dict[str, Any], **names: str) -> str:
    [fact] = facts(entry_of(action, detail), names, {"01": "Thành phố Hà Nội"})
    return fact


def entry_of(action: str, detail: dict[str, Any]) -> Entry:
    return Entry(at=datetime.now(UTC), stream="case:x", number=1, actor="a", action=action, detail=detail, hash="")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", VALUES)
def test_every_value_of_ours_is_said_in_words(language: str, key: str) -> None:
    before = wording.LANGUAGE.set(language)
    try:
        action, values = VALUES[key]
        begin = f"{label(action, key)}: "
        raw = [one for one in values if one not in AT_THE_DOOR and said(action, {key: one}) == begin + one]
        assert raw == []
        assert said(action, {key: list(values[:1])}) == said(action, {key: values[0]})
    finally:
        wording.LANGUAGE.reset(before)


def test_people_cases_times_and_counts_are_said_as_staff_know_them() -> None:
    assert said("case.given", {"to": "s1"}, s1="Cô Lan") == "cho: Cô Lan"
    assert said("trail.viewed", {"actor": "system"}) == "ai: Hệ thống"
    assert said("cases.searched", {"cases": ["ab12cd34", "ff00ff00"]}) == "các ca: AB12CD, FF00FF"
    assert said("cases.searched", {"cases": 2}) == "các ca: 2"
    assert said("cases.searched", {"province": "01"}) == "tỉnh, thành phố: Thành phố Hà Nội"
    assert said("case.glass_broken", {"until": "2026-11-22T08:30:00+00:00"}) == "đến: 15:30 22/11/2026"
    assert said("case.signed", {"in_time": True}) == "đúng hạn: có"
    assert said("hold.added", {"reason": "Công văn 12"}) == "lý do: Công văn 12"
    assert facts(entry_of("case.viewed", {"case": "x"}), {}, {}) == (), "whose case it is, the stream says"


async def test_the_page_says_no_machine_word(desk: Desk, world: World) -> None:
    lan = await world.member("lan", "supervisor")
    browser = await desk.of(lan)
    await browser.get("/desk/tasks?of=area")
    await browser.post(f"/desk/cases/{'f' * 32}/draft", {"id": "a", "text": "x"})
    auditor = await desk.of(await world.member("kiem", "auditor"))
    answer = await auditor.get("/desk/trail")
    page = await answer.text()
    assert answer.status == HTTPStatus.OK
    assert "của: cả địa bàn" in page
    assert "việc đã thử: Lưu bản nháp" in page
    assert "vì sao: không có ca này trong phạm vi" in page
    assert "keep_draft" not in page
    assert "NoSuchCase" not in page
    [entry] = await world.rows(escalation.tables.trail, action="access.denied")
    assert entry.stream == staff_stream(lan.staff.id)
