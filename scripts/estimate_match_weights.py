"""Estimate `concerns/matching/weights.json` with Splink, on invented people, and check it.

    python scripts/estimate_match_weights.py            estimate, write the table, print figures
    python scripts/estimate_match_weights.py --check    print the figures of the table as it is

Splink (Ministry of Justice) is needed to estimate only: `pip install -r requirements-weights.txt`,
best in an environment of its own. It runs on the portal's own comparison functions, so that what
is estimated is what is scored. When the council has decided enough pairs, estimate on those.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from concerns.matching.compare import AGREEING, FIELDS, LEVELS  # noqa: E402
from concerns.matching.score import TABLE, current_weights  # noqa: E402
from scripts.invented_people import Report, figures, reports  # noqa: E402

PEOPLE, SEED, CHECK_PEOPLE, CHECK_SEED = 4000, 20261124, 1500, 7
PAIRS = 600_000
# The most that one agreement may count for or against, in bits: invented data is too clean.
MOST, LEAST = 20.0, -8.0
SIMILAR = 0.45
VERSION = "2026-11.1"


def level_function(found: list[Report], field: str) -> Callable[[Any, Any], Any]:
    """Return a function of two columns of row numbers that gives the level of each pair.

    An empty level is no evidence.
    """
    import pyarrow

    @cache
    def level(left: int, right: int) -> str:
        return FIELDS[field](found[left].identity, found[right].identity) or ""

    def levels(left: Any, right: Any) -> Any:
        pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
        return pyarrow.array([level(*pair) for pair in pairs], pyarrow.string())

    return levels


def linker_for(found: list[Report]) -> Any:
    """Return a Splink linker whose comparisons are the portal's own functions."""
    import duckdb
    import pyarrow
    import splink.comparison_level_library as levels
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.comparison_library import CustomComparison

    database = duckdb.connect()
    comparisons = []
    for field, names in LEVELS.items():
        function = f"{field}_level"
        database.create_function(
            function, level_function(found, field), ["BIGINT", "BIGINT"], "VARCHAR", type="arrow"
        )
        pair = f"{function}(row_number_l, row_number_r)"
        comparisons.append(
            CustomComparison(
                output_column_name=field,
                comparison_levels=[
                    levels.CustomLevel(f"{pair} = ''", "no evidence").configure(is_null_level=True),
                    *(levels.CustomLevel(f"{pair} = '{name}'", name) for name in names[:-1]),
                    levels.ElseLevel(),
                ],
            )
        )
    api = DuckDBAPI(database)
    rows = [
        {"unique_id": number, "row_number": number, "human": report.human}
        for number, report in enumerate(found)
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on("human")],
        additional_columns_to_retain=["row_number"],
    )
    return Linker(api.register(pyarrow.Table.from_pylist(rows)), settings)


def estimated(found: list[Report]) -> dict[str, dict[str, float]]:
    """Return the match weight of each level, in bits, as Splink estimates m and u.

    u from pairs drawn at random; m from the truth, which is known because the people are invented.
    """
    linker = linker_for(found)
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, min_count_per_level=None)
    linker.training.estimate_m_from_label_column("human")
    model = linker.misc.save_model_to_json()
    result: dict[str, dict[str, float]] = {}
    for comparison in model["comparisons"]:
        field = comparison["output_column_name"]
        rows = [row for row in comparison["comparison_levels"] if not row.get("is_null_level")]
        for name, row in zip(LEVELS[field], rows, strict=True):
            m, u = row.get("m_probability"), row.get("u_probability")
            bits = math.log2(m / u) if m and u else (MOST if m else LEAST)
            result.setdefault(field, {})[name] = bits
    return result


def orderly(field: str, bits: dict[str, float]) -> dict[str, float]:
    """Return weights that never fall as agreement grows, nor count an agreement against a pair.

    Levels out of order take the mean of their neighbours (pool adjacent violators).
    """
    names = LEVELS[field]
    pools: list[list[float]] = []
    for name in names:
        pools.append([max(min(bits[name], MOST), LEAST)])
        while len(pools) > 1 and _mean(pools[-1]) > _mean(pools[-2]):
            pools[-2:] = [pools[-2] + pools[-1]]
    values = [_mean(pool) for pool in pools for _ in pool]
    rounded = [round(value, 1) for value in values]
    agreed = [i for i, name in enumerate(names) if name in AGREEING[field]]
    lowest = max(agreed)
    return {
        name: max(value, 0.0) if number <= lowest and name in AGREEING[field] else value
        for number, (name, value) in enumerate(zip(names, rounded, strict=True))
    }


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def write(weights: dict[str, dict[str, float]]) -> None:
    """Write the table; words, start and thresholds stay, they are choices of people."""
    data = json.loads(TABLE.read_text(encoding="utf-8"))
    data["version"] = VERSION
    data["source"] = (
        "Estimated by scripts/estimate_match_weights.py with Splink (Ministry of Justice) on "
        f"{PEOPLE} invented people; start and thresholds are choices of this project. "
        "To be estimated anew on the council's own decided pairs."
    )
    for field, levels in weights.items():
        for name, weight in levels.items():
            data["fields"][field][name]["weight"] = weight
    TABLE.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    current_weights.cache_clear()


def show() -> None:
    """Print how well the table does on other invented people than it was estimated on."""
    table = current_weights()
    marks = {table.offer_from: "offered from here", table.likely_from: "called likely from here"}
    thresholds = sorted({*(float(step) for step in range(-10, 11, 2)), *marks})
    print(f"Weights {table.version}, {CHECK_PEOPLE} invented people, seed {CHECK_SEED}\n")
    print("| threshold | precision | recall | offers a report | |")
    print("|---:|---:|---:|---:|---|")
    for row in figures(reports(CHECK_PEOPLE, CHECK_SEED), SIMILAR, thresholds):
        print(
            f"| {row.threshold:.0f} | {row.precision:.0%} | {row.recall:.0%} | {row.offers:.2f} | "
            f"{marks.get(row.threshold, '')} |"
        )


def main() -> None:
    """Estimate and write, unless only asked to check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only print the figures")
    if not parser.parse_args().check:
        logging.disable(logging.WARNING)
        found = estimated(reports(PEOPLE, SEED))
        write({field: orderly(field, bits) for field, bits in found.items()})
    show()


if __name__ == "__main__":
    main()
