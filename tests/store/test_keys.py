"""Master keys come from a file, a variable or a command; what is wrong is said without quoting a key."""

import json
import os
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from store import keys as module
from store.keys import CommandKeys, FileKeys, GivenKeys, open_keys, parse_keys
from store.vault import KEY_BYTES, VaultError

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ONE, TWO = "a1" * KEY_BYTES, "b2" * KEY_BYTES
BODY = json.dumps({"hash": TWO, "master": {"1": ONE}})


@pytest.fixture
def file(tmp_path: Path) -> FileKeys:
    made = FileKeys(tmp_path / "keys" / "master.json")
    made.make()
    return made


def refused(source: FileKeys | GivenKeys | CommandKeys) -> str:
    with pytest.raises(VaultError) as error:
        source.read()
    assert error.value.__cause__ is None, "an error of the reader's own could quote a key"
    return str(error.value)


# --- a file --------------------------------------------------------------------------------------------------------


def test_the_key_file_is_for_its_owner_only_and_is_never_made_twice(file: FileKeys) -> None:
    assert file.path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        file.make()


def test_a_missing_or_damaged_key_file_says_what_to_do(tmp_path: Path) -> None:
    assert "Restore it from the backup" in refused(FileKeys(tmp_path / "none.json"))
    path = tmp_path / "bad.json"
    path.write_text('{\n"hash": ,', encoding="utf-8")
    assert refused(FileKeys(path)).startswith(f"{path}:2: damaged")
    path.write_bytes(b"\xff\xfe\x00")
    assert "damaged" in refused(FileKeys(path))


def test_an_added_key_wraps_and_the_old_ones_stay(file: FileKeys) -> None:
    before = file.read()
    assert file.add(before.newest, NOW) == 2
    after = file.read()
    assert (after.newest, after.made[2], after.hash_key) == (2, NOW, before.hash_key)
    assert after.master[1] == before.master[1] != after.master[2]
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["master.json"]


def test_of_many_who_add_at_once_one_adds_and_all_get_the_same_key(file: FileKeys) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: file.add(1, NOW), range(16)))
    assert numbers == [2] * 16
    assert sorted(file.read().master) == [1, 2]


def test_what_a_writer_left_who_died_is_overwritten(file: FileKeys) -> None:
    (file.path.parent / ".master.json.new").write_text("half a fi", encoding="utf-8")
    assert file.add(1, NOW) == 2
    assert [path.name for path in file.path.parent.iterdir()] == ["master.json"]


def test_a_removed_key_is_gone_and_the_others_stay(file: FileKeys) -> None:
    file.add(1, NOW)
    two = file.read().master[2]
    file.remove(1)
    assert (file.read().master, file.read().made) == ({2: two}, {2: NOW})


def test_a_link_to_the_key_file_stays_a_link(file: FileKeys, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(file.path)
    FileKeys(link).add(1, NOW)
    assert link.is_symlink()
    assert file.read().newest == 2


def test_a_running_vault_reads_a_key_that_was_added_to_its_file(file: FileKeys) -> None:
    running = open_keys(file)
    file.add(1, NOW)
    assert running.newest == 1
    assert running.open("staff/1", open_keys(file).seal("staff/1", "secret")) == "secret"
    assert running.newest == 2


# --- a variable and a command --------------------------------------------------------------------------------------


def test_the_variable_holds_the_same_json() -> None:
    assert open_keys(GivenKeys(SecretStr(BODY))).newest == 1
    assert refused(GivenKeys(SecretStr(ONE))).startswith("KHIEN_MASTER_KEYS")
    assert ONE not in refused(GivenKeys(SecretStr(ONE))) + repr(GivenKeys(SecretStr(ONE)))


def command(code: str) -> CommandKeys:
    return CommandKeys(shlex.join([sys.executable, "-c", code]))


def test_the_command_prints_the_keys_and_is_asked_again(tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    answer.write_text(BODY, encoding="utf-8")
    source = command(f"print(open({str(answer)!r}).read())")
    running = open_keys(source)
    answer.write_text(json.dumps({"hash": TWO, "master": {"1": ONE, "2": TWO}}), encoding="utf-8")
    running.refresh()
    assert running.newest == 2


def test_the_command_runs_without_a_shell(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    source = CommandKeys(f"{shlex.join([sys.executable, '-c', f'print({BODY!r})'])} ; touch {trap}")
    assert source.read().newest == 1
    assert not trap.exists()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (command(f"import sys; print({ONE!r}); print({ONE!r}, file=sys.stderr); sys.exit(3)"), "exit code 3"),
        (command(f"print({ONE!r})"), "damaged"),
        (command(f"raise SystemExit({ONE!r})"), "exit code 1"),
        (CommandKeys("no-such-command-anywhere"), "cannot be started"),
        (CommandKeys("'half a quote"), "cannot be started"),
        (CommandKeys(""), "cannot be started"),
    ],
)
def test_a_command_that_fails_is_told_without_its_output(
    source: CommandKeys, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    said = refused(source)
    assert said.startswith("KHIEN_KEYS_COMMAND")
    assert words in said
    assert ONE not in said + "".join(capfd.readouterr())


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND_SECONDS", 0.2)
    assert "no answer" in refused(command("import time; time.sleep(30)"))


# --- the JSON ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"hash": TWO},
        {"hash": TWO, "master": {}},
        {"master": {"1": ONE}},
        {"hash": TWO, "master": {"0": ONE}},
        {"hash": TWO, "master": {"one": ONE}},
        {"hash": TWO, "master": {"1": ONE[:-2]}},
        {"hash": TWO, "master": {"1": "zz" * KEY_BYTES}},
        {"hash": TWO, "master": {"1": 7}},
        {"hash": "", "master": {"1": ONE}},
        {"hash": TWO, "master": {"1": ONE}, "made": {"1": "yesterday"}},
    ],
)
def test_keys_of_a_wrong_shape_are_refused_without_being_quoted(body: object) -> None:
    with pytest.raises(VaultError, match=r"^here: damaged keys: .* Mend it\.$") as error:
        parse_keys(json.dumps(body), "here", "Mend it.")
    assert ONE[:20] not in str(error.value)


@given(text=st.text())
def test_any_other_text_is_refused_with_where_it_stands(text: str) -> None:
    with pytest.raises(VaultError, match=r"^here"):
        parse_keys(text, "here", "Mend it.")


def test_only_root_gives_the_new_file_to_the_old_ones_owner(file: FileKeys) -> None:
    if os.geteuid() == 0:
        os.chown(file.path, 65534, 65534)
    owner = file.path.stat().st_uid
    file.add(1, NOW)
    assert file.path.stat().st_uid == owner
