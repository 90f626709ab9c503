"""Every golden page in OpenMetrics is read by the reference parser, and holds the series of its twin in text format.

usage: check_openmetrics.py REPOSITORY, with the Python that has Debian's python3-prometheus-client
"""

import pathlib
import sys
from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def series(families: Iterable[Metric]) -> Series:
    return {(sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples}


def wrong_units(families: Iterable[Metric]) -> list[str]:
    return [family.name for family in families for unit in ("seconds", "bytes")
            if family.name.endswith(f"_{unit}") and family.unit != unit]


def complaint(page: pathlib.Path) -> str:
    try:
        families = list(parse_openmetrics(page.read_text(encoding="utf-8")))
    except ValueError as error:
        return str(error)
    twin = series(parse_text(page.with_suffix(".prom").read_text(encoding="utf-8")))
    if series(families) != twin:
        return f"series differ: {sorted(str(name) for name in set(twin) ^ set(series(families)))}"
    units = wrong_units(families)
    return f"families without their unit: {units}" if units else ""


def main() -> int:
    pages = sorted(pathlib.Path(sys.argv[1], "tests/golden/cases").glob("*/metrics.openmetrics"))
    problems = [f"{page.parent.name}: {said}" for page in pages if (said := complaint(page))]
    if len(pages) != len(list(pathlib.Path(sys.argv[1], "tests/golden/cases").glob("*/metrics.prom"))):
        problems.append("a golden page lacks its twin")
    print("\n".join(problems) or f"the parser of OpenMetrics accepts {len(pages)} pages")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
