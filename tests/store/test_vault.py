"""What is sealed opens only with its key and in its own place; a damaged key file says what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.vault import KEY_BYTES, Vault, VaultError, load_key_file, make_key_file

VAULT = Vault({1: b"k" * KEY_BYTES}, b"h" * KEY_BYTES)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=json_values)
def test_what_is_sealed_opens_again(value: object) -> None:
    sealer = VAULT.sealer("c1", VAULT.new_key("c1"))
    assert sealer.open("inbox/1", sealer.seal("inbox/1", value)) == value


@given(text=st.text(min_size=6))
def test_the_words_are_not_in_the_sealed_bytes(text: str) -> None:
    sealer = VAULT.sealer("c1", VAULT.new_key("c1"))
    assert text.encode() not in sealer.seal("inbox/1", text)


def test_a_sealed_value_cannot_be_moved_to_another_row() -> None:
    sealer = VAULT.sealer("c1", VAULT.new_key("c1"))
    with pytest.raises(VaultError, match="inbox/2"):
        sealer.open("inbox/2", sealer.seal("inbox/1", "em"))


def test_a_sealed_value_cannot_be_moved_to_another_conversation() -> None:
    key = VAULT.new_key("c1")
    with pytest.raises(VaultError):
        VAULT.sealer("c2", key)


@given(position=st.integers(0, 200), flip=st.integers(1, 255))
def test_a_changed_byte_is_noticed(position: int, flip: int) -> None:
    sealer = VAULT.sealer("c1", VAULT.new_key("c1"))
    sealed = bytearray(sealer.seal("inbox/1", "em không muốn về nhà"))
    position = 5 + position % (len(sealed) - 5)
    sealed[position] ^= flip
    with pytest.raises(VaultError):
        sealer.open("inbox/1", bytes(sealed))


def test_an_older_master_key_still_opens() -> None:
    sealed = VAULT.seal("staff/1", "secret")
    rotated = Vault({1: b"k" * KEY_BYTES, 2: b"n" * KEY_BYTES}, b"h" * KEY_BYTES)
    assert rotated.open("staff/1", sealed) == "secret"
    with pytest.raises(VaultError, match="master key"):
        VAULT.open("staff/1", rotated.seal("staff/1", "secret"))


def test_the_address_hash_needs_its_key() -> None:
    other = Vault({1: b"k" * KEY_BYTES}, b"x" * KEY_BYTES)
    assert VAULT.address_hash("telegram", "42") != other.address_hash("telegram", "42")
    assert VAULT.address_hash("telegram", "42") != VAULT.address_hash("web", "42")


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.json"
    make_key_file(path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        make_key_file(path)


def test_a_missing_or_damaged_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="backup"):
        load_key_file(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text('{"master": {"1": "zz"}}')
    with pytest.raises(VaultError, match="damaged"):
        load_key_file(tmp_path / "bad.json")
