"""Named subsets: whole classes take many CPU hours, so every table says which of these it covers.

They are drawn evenly over families (C1, C2, R1, R2, RC1, RC2; A and B) and sizes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.instances import instances_of
from benchmarks.sets import SETS
from benchmarks.sets.base import AnySet


@dataclass(frozen=True)
class Subset:
    """Instances of one set: the file's stem, within a folder where the stem alone does not tell."""

    set_name: str
    folder: str
    stems: tuple[str, ...]

    @property
    def benchmark(self) -> AnySet:
        """The set that scores them."""
        return SETS[self.set_name]

    def paths(self, data: Path) -> list[Path]:
        """Return those that are in the data folder."""
        return [path for path in instances_of(self.benchmark, data, f"{self.folder}/*") if path.stem in self.stems]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TRSP = {"C1": 9, "C2": 8, "R1": 12, "R2": 11, "RC1": 8, "RC2": 8}
"""Instances of each family."""

SUBSETS: Mapping[str, Subset] = {
    "vrptw-100": Subset(
        "vrptw-distance",
        "solomon",
        _words("C103 C107 C203 C206 R103 R109 R203 R208 RC103 RC106 RC203 RC206"),
    ),
    "vrptw-200": Subset(
        "vrptw-distance",
        "homberger_200",
        _words("c1_2_4 c1_2_8 c2_2_3 c2_2_7 r1_2_3 r1_2_8 r2_2_4 r2_2_7 rc1_2_3 rc1_2_6 rc2_2_5 rc2_2_8"),
    ),
    "vrptw-400": Subset(
        "vrptw-distance",
        "homberger_400",
        _words("c1_4_3 c1_4_7 c2_4_4 c2_4_8 r1_4_4 r1_4_7 r2_4_3 r2_4_8 rc1_4_2 rc1_4_6 rc2_4_3 rc2_4_7"),
    ),
    "vrptw-1000": Subset(
        "vrptw-distance",
        "homberger_1000",
        _words("c1_10_3 c1_10_8 c2_10_4 c2_10_7 r1_10_3 r1_10_8 r2_10_4 r2_10_7 rc1_10_3 rc1_10_6 rc2_10_5 rc2_10_8"),
    ),
    "mdvrptw": Subset(
        "rich_vrptw",
        "MDVRPTW",
        _words("PR11A PR12B PR13A PR14B PR15A PR16B PR18A PR19B PR20A PR21B PR22A PR24B"),
    ),
    "pcvrptw": Subset(
        "rich_vrptw",
        "PCVRPTW",
        _words("C1_10_3 C1_10_7 C2_10_3 C2_10_7 R1_10_3 R1_10_7 R2_10_3 R2_10_7 RC1_10_3 RC1_10_7 RC2_10_3 RC2_10_7"),
    ),
    "sdvrptw": Subset(
        "rich_vrptw",
        "SDVRPTW",
        _words("PR01 PR03 PR05 PR07 PR09 PR11 PR13 PR15 PR17 PR19 PR21 PR23"),
    ),
    **{
        f"hhcrsp-{size}": Subset("hhcrsp", "mankowska", tuple(f"Instanz{kind}_HCSRP_{size}_{n}" for n in range(1, 11)))
        for kind, size in (
            *(("CPLEX", size) for size in (10, 25, 50, 75)),
            *(("VNS", size) for size in (100, 200, 300)),
        )
    },
    "uhhc": Subset(
        "uhhc",
        "bazirha-caie",
        (*(f"{size}{n}" for size in "JKLM" for n in range(1, 10)), *_words("N100s1 N1001 N200s1 N2001")),
    ),
    "uhhc-validation": Subset("uhhc", "validation_sample", _words("i-054 i-077 i-126 i-219 i-247 i-316")),
    **{
        f"trsp-{family.lower()}": Subset(
            "trsp", "crew25", tuple(f"{family}{n:02}.100_25-5-5-5" for n in range(1, count + 1))
        )
        for family, count in TRSP.items()
    },
    **{
        f"field-{kind}-{size}": Subset("field", "field", tuple(f"field-{kind}-{size}-{seed}" for seed in (1, 2, 3)))
        for kind, size in (("routing", 300), ("routing", 1000), ("plain", 300), ("full", 300), ("full", 1000))
    },
    "field-routing-5000": Subset("field", "field", ("field-routing-5000-1",)),
    "field-full-5000": Subset("field", "field", ("field-full-5000-1",)),
    "field-full-20000": Subset("field", "field", ("field-full-20000-1",)),
}
"""All subsets, by name."""
