"""PromQL as a list of tokens: enough to change one of them, or to list selectors and groupings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKENS = re.compile(r"""
    (?P<space>\s+)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<duration>\d+(?:ms|[smhdwy])\b)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<name>[A-Za-z_][\w:]*)
  | (?P<operator>=~|!~|==|!=|>=|<=|[-+*/%^<>=])
  | (?P<mark>[(){}\[\],:])
""", re.VERBOSE)

GROUPINGS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
SET_OPERATORS = {"and", "or", "unless"}
COMPARISONS = {"==", "!=", ">", "<", ">=", "<="}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


@dataclass(frozen=True)
class Selector:
    metric: str
    matchers: tuple[str, ...]  # as they are written: status="failed"


def tokens(expression: str) -> list[Token]:
    found = []
    position = 0
    while position < len(expression):
        match = _TOKENS.match(expression, position)
        if match is None:
            raise ValueError(f"no PromQL from here on: {expression[position:]!r}")
        found.append(Token(str(match.lastgroup), match.group()))
        position = match.end()
    return found


def text(expression: list[Token]) -> str:
    return "".join(token.text for token in expression)


def closing(expression: list[Token], opening: int) -> int:
    """The place of the bracket that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(expression)):
        depth += expression[place].text in ("(", "{", "[")
        depth -= expression[place].text in (")", "}", "]")
        if depth == 0:
            return place
    raise ValueError(f"a bracket stays open in {text(expression)}")


def next_place(expression: list[Token], place: int) -> int:
    """The place of the next token that is no space; the length at the end."""
    place += 1
    while place < len(expression) and expression[place].kind == "space":
        place += 1
    return place


def items(expression: list[Token], opening: int) -> list[tuple[int, int]]:
    """From where to where each item in a list in brackets goes, spaces around it left out."""
    end = closing(expression, opening)
    starts = [opening, *[place for place in range(opening, end) if expression[place].text == ","]]
    found = []
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        places = [place for place in range(start + 1, stop) if expression[place].kind != "space"]
        if places:
            found.append((places[0], places[-1] + 1))
    return found


def groupings(expression: str) -> Iterator[tuple[str, list[str]]]:
    """Each `by (...)`, `on (...)` and so on with its labels."""
    parsed = tokens(expression)
    for place, token in enumerate(parsed):
        opening = next_place(parsed, place)
        if token.text in GROUPINGS and opening < len(parsed) and parsed[opening].text == "(":
            yield token.text, [text(parsed[start:stop]) for start, stop in items(parsed, opening)]


def selectors(expression: str) -> Iterator[Selector]:
    """Each metric with its matchers. A name is a metric if it is no function, aggregation, keyword or label."""
    parsed = tokens(expression)
    labels = 0  # up to where names are labels
    for place, token in enumerate(parsed):
        opening = next_place(parsed, place)
        follower = parsed[opening].text if opening < len(parsed) else ""
        if token.text in GROUPINGS and follower == "(":
            labels = closing(parsed, opening)
        if place <= labels and labels or token.kind != "name":
            continue
        if follower == "{":
            labels = closing(parsed, opening)
            yield Selector(token.text, tuple(text(parsed[start:stop]) for start, stop in items(parsed, opening)))
        elif follower != "(" and token.text not in GROUPINGS | SET_OPERATORS | {"bool", "offset"}:
            is_aggregation = follower in GROUPINGS
            if not is_aggregation:
                yield Selector(token.text, ())
