"""Mutants of an alert: the same rule with one thing changed, as somebody's slip of the hand would change it."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql
from promql import Token

Rule = dict[str, Any]
Change = tuple[str, list[Token]]  # what was changed, and the expression after it

COMPARISONS = {"==": ["!="], "!=": ["=="], ">": ["<", ">="], "<": [">", "<="], ">=": ["<", ">"], "<=": [">", "<"]}
ARITHMETIC = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"]}
AGGREGATIONS = {"max": ["min", "sum"], "min": ["max", "sum"], "sum": ["max", "min"]}
OVER_TIME = {"max_over_time": ["min_over_time"]}
SET_OPERATORS = {"and": ["or", "unless"], "or": ["and", "unless"], "unless": ["and", "or"]}
MATCHERS = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
SEVERITIES = {"critical": "warning", "warning": "critical", "info": "warning"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Mutant:
    """`place` tells equal changes of one expression apart: the how-manyth of its kind it is."""

    alert: str
    change: str
    place: int
    rule: Rule

    @property
    def name(self) -> str:
        return f"{self.alert}: {self.change}" + (f" (#{self.place})" if self.place > 1 else "")


def _scaled(token: Token) -> list[str]:
    """A number or a duration ten times as large and a tenth; instead of 0 the next one."""
    if token.kind == "duration":
        seconds = int(token.text[:-1]) * SECONDS[token.text[-1]]
        return [f"{seconds * 10}s", f"{seconds // 10}s"]
    if float(token.text) == 0:
        return ["1"]
    return [f"{float(token.text) * 10:.10g}", f"{float(token.text) / 10:.10g}"]


def _in_selector(expression: list[Token], place: int) -> bool:
    before = [token.text for token in expression[:place]]
    return before.count("{") > before.count("}")


def _swaps(expression: list[Token], place: int) -> list[str]:
    """What may stand in place of one token."""
    token = expression[place]
    if _in_selector(expression, place):
        return [MATCHERS[token.text]] if token.text in MATCHERS else []
    if token.kind in ("number", "duration"):
        return _scaled(token)
    for table in (COMPARISONS, ARITHMETIC, AGGREGATIONS, OVER_TIME, SET_OPERATORS):
        if token.text in table:
            return table[token.text]
    return []


def _without_item(expression: list[Token], opening: int, which: int) -> list[Token]:
    found = promql.items(expression, opening)
    kept = [expression[start:stop] for at, (start, stop) in enumerate(found) if at != which]
    inner: list[Token] = []
    for item in kept:
        inner += [*([Token("mark", ",")] if inner else []), *item]
    return expression[:opening + 1] + inner + expression[promql.closing(expression, opening):]


def _shortened_lists(expression: list[Token]) -> Iterator[Change]:
    """Selectors without one of their matchers, groupings without one of their labels."""
    for place, token in enumerate(expression):
        opening = promql.next_place(expression, place)
        if opening >= len(expression) or token.kind != "name":
            continue
        bracket = expression[opening].text
        if bracket == "{" or (bracket == "(" and token.text in promql.GROUPINGS):
            for which, (start, stop) in enumerate(promql.items(expression, opening)):
                dropped = promql.text(expression[start:stop])
                yield f"{token.text} without {dropped}", _without_item(expression, opening, which)


def _without_matching(expression: list[Token]) -> Iterator[Change]:
    """Operators without their `on (...)`, and the group_left that needs it."""
    for place, token in enumerate(expression):
        if token.text == "on":
            end = promql.closing(expression, promql.next_place(expression, place))
            following = promql.next_place(expression, end)
            if following < len(expression) and expression[following].text == "group_left":
                end = following
            dropped = promql.text(expression[place:end + 1])
            yield f"without {dropped}", expression[:place] + expression[end + 1:]


def _without_memory(expression: list[Token]) -> Iterator[Change]:
    """last_over_time(series[range]) as series: what is gone counts no more."""
    for place, token in enumerate(expression):
        if token.text == "last_over_time":
            opening = promql.next_place(expression, place)
            end = promql.closing(expression, opening)
            bracket = max(at for at in range(opening, end) if expression[at].text == "[")
            series = expression[opening + 1:bracket]
            yield f"{series[0].text} without memory", expression[:place] + series + expression[end + 1:]


def _changes(expression: list[Token]) -> Iterator[Change]:
    for place, token in enumerate(expression):
        for other in _swaps(expression, place):
            changed = [*expression[:place], Token(token.kind, other), *expression[place + 1:]]
            yield f"{token.text} -> {other}", changed
    yield from _shortened_lists(expression)
    yield from _without_matching(expression)
    yield from _without_memory(expression)


def mutants(rule: Rule) -> list[Mutant]:
    made: list[Mutant] = []

    def add(change: str, **keys: Any) -> None:
        mutant = copy.deepcopy(rule)
        mutant.update(keys)
        place = 1 + sum(other.change == change for other in made)
        made.append(Mutant(rule["alert"], change, place, mutant))

    for change, expression in _changes(promql.tokens(rule["expr"])):
        add(change, expr=promql.text(expression))
    length, unit = re.fullmatch(r"(\d+)([smhd])", rule["for"]).groups()  # type: ignore[union-attr]
    add(f"for: {rule['for']} -> none", **{"for": "0s"})
    add(f"for: {rule['for']} -> twice that", **{"for": f"{2 * int(length)}{unit}"})
    severity = rule["labels"]["severity"]
    add(f"severity: {severity} -> {SEVERITIES[severity]}", labels={"severity": SEVERITIES[severity]})
    return made


def rule_file(rules: list[Rule]) -> str:
    """JSON, which is YAML as well."""
    return json.dumps({"groups": [{"name": f"group {at}", "rules": [rule]} for at, rule in enumerate(rules)]})
