"""House rules of single panels: what they say, in which unit, in which colours, and where their links lead."""

import re
from collections.abc import Iterator

from dashboard_queries import Fault, Json, Metric, check_query

STATES = {"enqueued", "running", "completed", "cancelled", "failed", "unknown"}
# Apart also for colour-blind eyes: the six states, the warning, two more for lists of fixed length, and one whose shades are for
# lists of any length. Grafana's own palette has greens and reds that mean nothing.
PALETTE = {"#B4B8BF", "#3274D9", "#009E73", "#6E7077", "#D55E00", "#F0E442", "#E69F00", "#56B4E9", "#CC79A7", "#4393C3"}
COLOR_MODES = {"fixed", "thresholds", "shades"}
KINDS = {"row", "stat", "bargauge", "table", "timeseries", "state-timeline", "heatmap", "text"}
OF_THE_PRESENT = {"stat", "bargauge", "table"}
UNITS = {"short", "none", "s", "dtdurations", "percentunit", "dateTimeFromNow", "dateTimeAsIso", "bytes", "reqps"}
TIME_UNITS = {"s", "dtdurations", "dateTimeFromNow", "dateTimeAsIso"}
# Where Azure's portal shows a hub; a slip in it leads to an empty page.
PORTAL = re.compile(r"https://[^/]+/#resource/subscriptions/\$\{__data\.fields\.Subscription\}"
                    r"/resourceGroups/\$\{__data\.fields\.Group\}/providers/Microsoft\.Devices/IotHubs"
                    r"/\$\{__data\.fields\.Hub\}/overview")
# Where a panel is drawn 1600 pixels wide: a column of the grid, a letter of a title, and what stands beside the title.
COLUMN, LETTER, BESIDE = 65, 8, 60


def overrides(panel: Json, option: str) -> Iterator[tuple[str, object]]:
    """Fields and what an override sets there."""
    for override in panel["fieldConfig"]["overrides"]:
        for item in override["properties"]:
            if item["id"] == option:
                yield override["matcher"]["options"], item["value"]


def mappings(panel: Json) -> list[Json]:
    found = list(panel["fieldConfig"]["defaults"]["mappings"])
    return found + [entry for _, value in overrides(panel, "mappings") for entry in value]  # type: ignore[attr-defined]


def check_words(panel: Json) -> Iterator[Fault]:
    """Who is woken by a panel needs to know what it asks, what to do, and what it does not say."""
    title = panel["title"]
    description = panel.get("description", "")
    if len(description) < 60 or not description.endswith("."):
        yield Fault("description", title, "the description is not a sentence that explains the panel")
    elif panel["type"] != "text" and "Trap: " not in description:
        yield Fault("trap", title, "the description does not say how the panel can be misread")
    if len(title) * LETTER + BESIDE > panel["gridPos"]["w"] * COLUMN:
        yield Fault("title-fits", title, "the title is too long for the panel's width")


def check_targets(panel: Json, metrics: dict[str, Metric], variables: dict[str, bool]) -> Iterator[Fault]:
    title = panel["title"]
    targets = panel.get("targets", [])
    if not targets:
        yield Fault("no-query", title, "no query")
    refs = [target["refId"] for target in targets]
    if len(refs) != len(set(refs)):
        yield Fault("ref-id", title, "two queries have the same refId")
    for target in targets:
        if target["instant"] == target["range"] or target["instant"] != (panel["type"] in OF_THE_PRESENT):
            yield Fault("instant", title, f"query {target['refId']}: {panel['type']} wants the other kind, instant or range")
        if (target["format"] == "table") != (panel["type"] == "table"):
            yield Fault("format", title, f"query {target['refId']}: format {target['format']}")
        yield from check_query(target["expr"], metrics, variables, title, bool(target["range"]))


def check_fields(panel: Json) -> Iterator[Fault]:
    """A duration shown as a bare number is read as anything, an empty panel as good news."""
    title, defaults = panel["title"], panel["fieldConfig"]["defaults"]
    yield from (Fault(key.lower(), title, f"no {key}") for key in ("unit", "noValue", "thresholds") if not defaults.get(key))
    units = {str(defaults.get("unit", "short"))} | {str(value) for _, value in overrides(panel, "unit")}
    yield from (Fault("unknown-unit", title, f"unknown unit {unit}") for unit in sorted(units - UNITS))
    for target in panel["targets"]:
        expression = target["expr"]
        is_time = re.search(r"_seconds\b(?!_)", re.sub(r"\(time\(\)[^)]*\)", "", expression)) or "time()" in expression
        counts = re.match(r"count\(|\d \+ |sum by \(le\)|avg_over_time", expression) or " / " in expression
        if is_time and not counts and not units & TIME_UNITS:
            yield Fault("unit-of-time", title, "shows seconds without a unit of time")


def check_states(panel: Json) -> Iterator[Fault]:
    """A state without a mapping is a bare number in the default colour; a colour without a text is nothing to many eyes."""
    options = [option for entry in mappings(panel) if entry["type"] == "value" for option in entry["options"].values()]
    texts = {option.get("text", "") for option in options}
    if len(texts & STATES) > 1 and not STATES <= texts:
        yield Fault("states", panel["title"], f"value mappings lack {', '.join(sorted(STATES - texts))}")
    if "" in texts:
        yield Fault("colour-alone", panel["title"], "a value is mapped to a colour without a text")


def check_style(panel: Json) -> Iterator[Fault]:
    """Lines on top of each other add up to nothing; only parts of one whole are stacked."""
    custom = panel["fieldConfig"]["defaults"].get("custom", {})
    if custom.get("stacking", {}).get("mode", "none") != "none" and custom.get("drawStyle") != "bars":
        yield Fault("stacking", panel["title"], "stacks lines")
    if panel["type"] == "timeseries" and not panel["options"]["legend"]["showLegend"]:
        yield Fault("legend", panel["title"], "has no legend")


def columns(panel: Json) -> set[str]:
    """The names under which links find the cells of a row."""
    return {name for step in panel.get("transformations", []) if step["id"] == "organize"
            for name in step["options"]["renameByName"].values()}


def links_of(panel: Json) -> list[Json]:
    """Those of the panel, of its data, and of the columns of its table."""
    found = panel.get("links", []) + panel.get("fieldConfig", {}).get("defaults", {}).get("links", [])
    for override in panel.get("fieldConfig", {}).get("overrides", []):
        found = found + [link for item in override["properties"] if item["id"] == "links" for link in item["value"]]
    return list(found)


def check_link(url: str, place: str, own: set[str], known: dict[str, set[str]]) -> Iterator[Fault]:
    """`own` are the variables of the dashboard that has the link, `known` those of each dashboard by its uid."""
    target = re.match(r"/d/([^?]+)", url)
    carried = set(re.findall(r"\$\{(\w+):queryparam\}", url))
    for name in sorted((carried | set(re.findall(r"\$\{?(\w+)", url))) - own):
        if not name.startswith("__"):
            yield Fault("link-variable", place, f"a link carries the variable {name}, which there is not")
    if target and target[1] not in known:
        yield Fault("link", place, f"leads to a dashboard that there is not: {target[1]}")
    elif target:
        for name in sorted((carried | set(re.findall(r"[?&]var-([^=&]*)", url))) - known[target[1]]):
            yield Fault("link-target", place, f"a link sets {name}, which is not a variable of {target[1]}")
    elif not url.startswith("https://"):
        yield Fault("link", place, f"leads to {url}")
    if "/#resource/" in url and not PORTAL.fullmatch(url):
        yield Fault("portal", place, f"is not the address of an IoT hub in the portal: {url}")


def check_links(panel: Json, known: dict[str, set[str]], variables: dict[str, bool]) -> Iterator[Fault]:
    for link in links_of(panel):
        yield from check_link(link["url"], panel["title"], set(variables), known)
        for name in re.findall(r"\$\{__data\.fields\.(\w+)\}", link["url"]):
            if name not in columns(panel):
                yield Fault("link-column", panel["title"], f"a link needs the column {name}")


def check_table(panel: Json) -> Iterator[Fault]:
    """An override goes by a column's name; with a slip in it, it does nothing."""
    names = columns(panel)
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["id"] == "byName" and override["matcher"]["options"] not in names:
            yield Fault("override", panel["title"], f"there is no column {override['matcher']['options']}")
    for sort in panel["options"]["sortBy"]:
        if sort["displayName"] not in names:
            yield Fault("sort", panel["title"], f"there is no column {sort['displayName']} to sort by")


def check_panel(
        panel: Json, metrics: dict[str, Metric], variables: dict[str, bool], known: dict[str, set[str]]) -> Iterator[Fault]:
    if panel["type"] not in KINDS:
        yield Fault("kind", panel["title"], f"{panel['type']} is not a built-in kind of panel that is known here")
        return
    if panel["type"] == "row":
        return
    yield from check_words(panel)
    if panel["type"] == "text":
        return
    yield from check_targets(panel, metrics, variables)
    yield from check_fields(panel)
    yield from check_states(panel)
    yield from check_style(panel)
    yield from check_links(panel, known, variables)
    if panel["type"] == "table":
        yield from check_table(panel)
