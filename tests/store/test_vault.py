"""What is sealed opens only with its key and in its own place, also after a new master key took over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.vault import KEY_BYTES, Vault, VaultError, key_id_of

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


# --- a new master key ----------------------------------------------------------------------------------------------

NEW = {1: b"k" * KEY_BYTES, 2: b"n" * KEY_BYTES}


def test_what_is_wrapped_anew_needs_the_new_key_and_keeps_its_place() -> None:
    rotated = Vault(NEW, b"h" * KEY_BYTES)
    sealed = rotated.rewrap("staff/1", VAULT.seal("staff/1", "secret"))
    assert (key_id_of(sealed), rotated.open("staff/1", sealed)) == (2, "secret")
    with pytest.raises(VaultError):
        rotated.rewrap("staff/2", sealed)


def test_a_key_that_was_added_since_is_read_once_and_wraps_from_then_on() -> None:
    asked: list[int] = []

    def reread() -> dict[int, bytes]:
        asked.append(1)
        return NEW

    running = Vault({1: b"k" * KEY_BYTES}, b"h" * KEY_BYTES, reread)
    sealed = Vault(NEW, b"h" * KEY_BYTES).seal("staff/1", "secret")
    assert [running.open("staff/1", sealed) for _ in range(3)] == ["secret"] * 3
    assert (len(asked), running.newest) == (1, 2)


def test_a_key_that_nobody_has_is_asked_for_once_and_named() -> None:
    asked: list[int] = []

    def reread() -> dict[int, bytes]:
        asked.append(1)
        raise VaultError("the key service is away")

    running = Vault({1: b"k" * KEY_BYTES}, b"h" * KEY_BYTES, reread)
    sealed = Vault({7: b"x" * KEY_BYTES}, b"h" * KEY_BYTES).seal("staff/1", "secret")
    for _ in range(3):
        with pytest.raises(VaultError, match=r"staff/1: master key 7 .* backup"):
            running.open("staff/1", sealed)
    assert len(asked) == 1


def test_a_key_that_the_source_no_longer_gives_still_opens_in_a_running_process() -> None:
    running = Vault(NEW, b"h" * KEY_BYTES, lambda: {3: b"t" * KEY_BYTES})
    sealed = running.seal("staff/1", "secret")
    running.refresh()
    assert (running.newest, running.open("staff/1", sealed)) == (3, "secret")


def test_a_value_handed_to_another_key_opens_with_that_one_only() -> None:
    old, new = (VAULT.sealer("c1", VAULT.new_key("c1")) for _ in range(2))
    sealed = old.hand_over("inbox/1", old.seal("inbox/1", "em"), new)
    assert new.open("inbox/1", sealed) == "em"
    with pytest.raises(VaultError):
        old.open("inbox/1", sealed)
