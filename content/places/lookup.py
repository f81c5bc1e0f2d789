"""Finds the province or commune that a child's words mean: no accents needed, short names and old names welcome."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from content.answers import Spelling, may_stand_for
from content.places.names import KINDS, key, words
from content.places.units import Commune, Former, Province, Unit, Units

_MOST_WORDS = 24
_Rank = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place of today that the words may mean.

    `was` is what stood there by the name that was typed, empty where the name is today's. A former district gives its
    province and, in `communes`, the communes on its ground.
    """

    province: Province
    commune: Commune | None = None
    was: str = ""
    communes: tuple[Commune, ...] = ()

    @property
    def name(self) -> str:
        """Return the official name: "Phường Thủ Đức, Thành phố Hồ Chí Minh"."""
        return self.commune.full if self.commune else self.province.full


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """Words `start` to `end` of a text that are somebody's name, and whose."""

    start: int
    end: int
    kind: str | None
    typed: Spelling
    units: tuple[tuple[str, Unit], ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The lookup; made once, never changed."""

    units: Units
    _names: Mapping[str, tuple[tuple[str, Unit], ...]]
    _districts: Mapping[str, tuple[Former, ...]]
    _longest: int

    @classmethod
    def of(cls, units: Units) -> "Places":
        """Index every name by its key."""
        names: dict[str, tuple[tuple[str, Unit], ...]] = {}
        for name, unit in _all_names(units):
            for each in _keys(name, unit):
                names[each] = (*names.get(each, ()), (name, unit))
        districts: dict[str, tuple[Former, ...]] = {}
        for former in units.former:
            if former.level == "district":
                for commune in former.communes:
                    districts[commune.code] = (*districts.get(commune.code, ()), former)
        return cls(units, names, districts, max((each.count(" ") + 1 for each in names), default=0))

    def find(self, text: str, limit: int = 8) -> tuple[Found, ...]:
        """Give the places that `text` may mean, the likeliest first; nothing for words that name no place."""
        ranked = self._ranked(text)
        return tuple(found for _, found in ranked[:limit])

    def one(self, text: str) -> Found | None:
        """Give the one place that `text` means, or the one province that all its likeliest places share."""
        ranked = self._ranked(text)
        likeliest = [found for rank, found in ranked if rank == ranked[0][0]]
        if len(likeliest) == 1:
            return likeliest[0]
        provinces = {found.province.code: found.province for found in likeliest}
        return Found(province=provinces.popitem()[1]) if len(provinces) == 1 else None

    def names_only(self, text: str) -> bool:
        """Say whether `text` is the name of a place, or of several, and nothing else."""
        typed = words(text)
        return bool(typed) and sum(it.end - it.start for it in self._mentions(typed[:_MOST_WORDS])) == len(typed)

    def _ranked(self, text: str) -> list[tuple[_Rank, Found]]:
        typed = words(text)[:_MOST_WORDS]
        mentions = self._mentions(typed)
        narrowed = [self._narrowed(it, mentions, whole=it.end - it.start == len(typed)) for it in mentions]
        meant = [it for it in narrowed if it[1].units]
        if not meant:
            return []
        _, focus = max(meant, key=lambda it: (it[0], _smallness(it[1])))
        return _in_order((_rank(focus, name, unit), unit) for name, unit in focus.units)

    def _narrowed(self, mention: _Mention, mentions: tuple[_Mention, ...], *, whole: bool) -> tuple[int, _Mention]:
        """Keep the readings that the most other names of the text agree with, and say how many those are.

        Amid other words a commune needs its kind before it or such a name beside it: in "em không an toàn" there is no
        Xã An Toàn.
        """
        support = [
            sum(self._agrees(unit, other) for other in mentions if other is not mention) for _, unit in mention.units
        ]
        most = max(support)
        units = tuple(it for it, count in zip(mention.units, support, strict=True) if count == most)
        if most == 0 and mention.kind is None and not whole:
            units = tuple(it for it in units if _is_large(it[1]))
        return most, replace(mention, units=units)

    def _mentions(self, typed: Spelling) -> tuple[_Mention, ...]:
        """Choose the names that cover the most words, and of such choices the one with the fewest names."""
        best: list[tuple[int, int, tuple[_Mention, ...]]] = [(0, 0, ())]
        for start in range(len(typed) - 1, -1, -1):
            choices = [best[0]]
            for mention in self._starting(typed, start):
                covered, count, following = best[mention.end - start - 1]
                choices.append((covered + mention.end - start, count - 1, (mention, *following)))
            best.insert(0, max(choices, key=lambda it: it[:2]))
        return best[0][2]

    def _starting(self, typed: Spelling, start: int) -> Iterator[_Mention]:
        for length in (0, 2, 1):
            kind = KINDS.get(key(typed[start : start + length])) if length else None
            if length and kind is None:
                continue
            first = start + length
            for end in range(min(len(typed), first + self._longest), first, -1):
                part = typed[first:end]
                number = len(part) == 1 and part[0].bare.isdecimal()  # "7" is a name only as "quận 7"
                found = self._names.get(key(part), ())
                units = tuple(it for it in found if it[1].kind == kind) if number else found
                if units:
                    yield _Mention(start=start, end=end, kind=kind, typed=part, units=units)

    def _agrees(self, unit: Unit, mention: _Mention) -> bool:
        return any(self._holds(unit, other) or self._holds(other, unit) for _, other in mention.units)

    def _holds(self, outer: Unit, inner: Unit) -> bool:
        """Say whether `inner` lies in `outer`, or did."""
        if isinstance(inner, Province) or isinstance(outer, Commune):
            return False
        if isinstance(outer, Province):
            return inner.province == outer
        if isinstance(inner, Commune):
            districts = self._districts.get(inner.code, ())
            return any(outer is district or outer is district.within for district in districts)
        return inner.within is not None and outer in (inner.within, inner.within.within)


def _all_names(units: Units) -> Iterator[tuple[str, Unit]]:
    yield from ((province.name, province) for province in units.provinces)
    yield from ((commune.name, commune) for commune in units.communes)
    for former in units.former:
        if former.level != "province" or former.name != former.province.name:
            yield former.name, former
    yield from units.aliases


def _keys(name: str, unit: Unit) -> set[str]:
    spaced = key(words(name))
    return {spaced, spaced.replace(" ", "")} if _is_large(unit) else {spaced}


def _is_large(unit: Unit) -> bool:
    return isinstance(unit, Province) or (isinstance(unit, Former) and unit.level != "commune")


def _level(unit: Unit) -> int:
    """Order units from large to small: province, old province, old district, commune, old commune."""
    if isinstance(unit, Former):
        return {"province": 1, "district": 2, "commune": 4}[unit.level]
    return 0 if isinstance(unit, Province) else 3


def _smallness(mention: _Mention) -> int:
    """Say how small a thing a name most likely means: the largest of those that its word of kind allows."""
    fitting = [_level(unit) for _, unit in mention.units if mention.kind in (None, unit.kind)]
    return min(fitting or [_level(unit) for _, unit in mention.units])


def _rank(mention: _Mention, name: str, unit: Unit) -> _Rank:
    """Put a reading whose word of kind and accents fit before one where they differ; then the larger, then today's."""
    strange = int(mention.kind is not None and mention.kind != unit.kind)
    likely = {0: 0, 1: 1, 2: 2, 3: 2, 4: 3}[_level(unit)]
    return strange, _distance(mention.typed, words(name)), likely


def _distance(typed: Spelling, meant: Spelling) -> int:
    """Return 0 for the same accents, 1 for accents left out, 2 for others."""
    if typed == meant:
        return 0
    if key(typed) != key(meant):
        return 1  # syllables written together
    return 1 if may_stand_for(typed, meant) else 2


def _in_order(ranked: Iterable[tuple[_Rank, Unit]]) -> list[tuple[_Rank, Found]]:
    """Sort by rank and code; of one place only the best reading stays."""
    found = [(rank, it) for rank, unit in ranked for it in _today(unit)]
    ordered: Sequence[tuple[_Rank, Found]] = sorted(found, key=lambda it: (it[0], _code(it[1]), it[1].was))
    seen: set[tuple[str, str]] = set()
    result = []
    for rank, it in ordered:
        which = (_code(it), "" if it.commune else it.was)
        if which not in seen:
            seen.add(which)
            result.append((rank, it))
    return result


def _today(unit: Unit) -> Iterator[Found]:
    match unit:
        case Province():
            yield Found(province=unit)
        case Commune():
            yield Found(province=unit.province, commune=unit)
        case Former(level="commune"):
            yield from (Found(province=it.province, commune=it, was=unit.full) for it in unit.communes)
        case Former():
            yield Found(province=unit.province, was=unit.full, communes=unit.communes)


def _code(found: Found) -> str:
    return found.commune.code if found.commune else found.province.code
