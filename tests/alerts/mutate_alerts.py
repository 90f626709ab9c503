"""Would the tests notice? Changes the alerts in one thing at a time and runs the tests of each on what came out.

usage: mutate_alerts.py [--jobs N] [--alert NAME] [--at-least SHARE]

Prints the mutants that no test noticed and the share of those that one did. Mutants that nobody could tell from the
alert, each with a reason in equivalent_mutants.yaml, are not run, not counted as noticed, and their number is printed.
Exit status 1 if the share is too small, or if the list names mutants that there are not.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import yaml

import rule_tests
from mutants import Mutant, mutants


def equivalents() -> dict[str, str]:
    """Names of mutants that do what the alert does, with the reason."""
    entries = yaml.safe_load((rule_tests.HERE / "equivalent_mutants.yaml").read_text(encoding="utf-8"))
    return {name: entry["reason"] for entry in entries for name in entry["mutants"]}


def noticed(mutant: Mutant) -> bool:
    return rule_tests.complaints(mutant.rule, rule_tests.files(mutant.alert)) != ""


def table(verdicts: dict[str, Counter[str]]) -> str:
    width = max(len(alert) for alert in verdicts)
    head = f"{'alert':{width}}  mutants  noticed  survived"
    rows = [f"{alert:{width}}  {counts.total():7}  {counts['noticed']:7}  {counts['survived']:8}"
            for alert, counts in sorted(verdicts.items())]
    return "\n".join([head, *rows])


def main() -> int:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--alert", help="only this one")
    parser.add_argument("--at-least", type=float, default=0.95, metavar="SHARE")
    options = parser.parse_args()
    began = time.monotonic()
    rules = rule_tests.alerts()
    made = [mutant for rule in rules.values() for mutant in mutants(rule)
            if options.alert in (None, mutant.alert)]
    known = equivalents()
    run = [mutant for mutant in made if mutant.name not in known]
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(zip(run, pool.map(noticed, run), strict=True))
    verdicts: dict[str, Counter[str]] = {mutant.alert: Counter() for mutant in run}
    for mutant, was_noticed in results:
        verdicts[mutant.alert]["noticed" if was_noticed else "survived"] += 1
        if not was_noticed:
            print(f"survived: {mutant.name}\n    {mutant.rule['expr'].strip()}\n    for: {mutant.rule['for']}")
    print(table(verdicts))
    caught = sum(was_noticed for _, was_noticed in results)
    share = caught / len(run)
    print(f"{caught} of {len(run)} mutants noticed, {share:.1%}, in {time.monotonic() - began:.0f} s; "
          f"{len(made) - len(run)} more are known to be equivalent")
    unknown = sorted(set(known) - {mutant.name for mutant in made}) if options.alert is None else []
    for name in unknown:
        print(f"equivalent_mutants.yaml names a mutant that there is not: {name}")
    return 1 if unknown or share < options.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
