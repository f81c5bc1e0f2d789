"""What a place is: a province, a commune, or something that stood there before 1 July 2025."""

from dataclasses import dataclass
from typing import Literal

FormerLevel = Literal["province", "district", "commune"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A province or centrally run city; `code` is the State's, two digits."""

    code: str
    kind: str
    name: str

    @property
    def full(self) -> str:
        """Return the official name: "Thành phố Huế"."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune, ward or special zone; `code` is the State's, five digits."""

    code: str
    kind: str
    name: str
    province: Province

    @property
    def full(self) -> str:
        """Return the official name with its province: "Phường Thủ Đức, Thành phố Hồ Chí Minh"."""
        return f"{self.kind} {self.name}, {self.province.full}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Former:
    """A unit that is no more, and what its ground belongs to now.

    `communes` are those on the ground of a former district or commune, in the order of their codes.
    """

    level: FormerLevel
    kind: str
    name: str
    within: "Former | None"
    province: Province
    communes: tuple[Commune, ...] = ()

    @property
    def full(self) -> str:
        """Return what it was called: "Phường Tân Hưng, Quận 7, Thành phố Hồ Chí Minh"."""
        own = f"{self.kind} {self.name}".strip()
        return f"{own}, {self.within.full}" if self.within else own


Unit = Province | Commune | Former


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Everything that the files of `content/places` hold; empty where a folder of content has none."""

    provinces: tuple[Province, ...] = ()
    communes: tuple[Commune, ...] = ()
    former: tuple[Former, ...] = ()
    aliases: tuple[tuple[str, Unit], ...] = ()
    """Other names, each with what it means; one name may mean several."""
