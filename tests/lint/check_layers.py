"""Holds the sources to the layers' arrows, and to the rules that a search can check.

usage: check_layers.py REPOSITORY
"""

import pathlib
import re
import sys

# Which layers a layer may name directly; through them it reaches further ones.
ARROWS = {
    "core": set(),
    "job": {"core"},
    "http": {"core"},
    "exposition": {"core"},
    "auth": {"http"},
    "azure": {"auth", "job"},
    "fleet": {"job"},
    "poll": {"azure", "fleet"},
    "metrics": {"fleet", "exposition"},
    "web": {"exposition", "fleet"},
}
# Configuration fills the layers' options and knows nothing else of them, but for what checks a single value.
CONFIG_MAY_USE = re.compile(
    r"(core/|config/|job/job_type\.hpp|job/hub\.hpp|http/url\.hpp|auth/secret_file\.hpp|\w+/\w+_options\.hpp)"
)

# Third-party headers, and the only files that may know them.
LIBRARIES = {
    "rapidjson/": {"job/job_json.cpp", "http/flat_json.cpp", "auth/client_assertion.cpp"},
    "curl/": {"http/*"},
    "boost/": {"web/*"},
    "yaml-cpp/": {"config/yaml.cpp"},
    "sqlite3": {"fleet/sqlite.cpp"},
    "spdlog/": {"core/stderr_log.cpp"},
    "prometheus/": {"metrics/exporter_metrics.cpp"},
    "CLI/": {"main/flags.cpp"},
    "openssl/": {"http/curl_client.cpp", "auth/*"},
    "zlib.h": {"http/response_reader.cpp", "exposition/gzip.cpp"},
    "tl/": {"core/result.hpp", "config/*"},
}

# What only certain files may do. Each has its reason.
FORBIDDEN = [
    (r"\bstd::getenv\b", {"main/main.cpp"}, "the environment is read in main only"),
    (r"(steady|system)_clock::now\b", {"core/system_clock.cpp"}, "time comes from Clock"),
    (r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|\bsleep\(", set(), "nothing sleeps; wait on the Clock"),
    (r"std::(cout|cerr)\b|\bprintf\(", {"main/main.cpp"}, "only main and the log speak"),
    (r"\.detach\(\)|\bpthread_detach\b", set(), "every thread has an owner"),
    (r"\bstd::rand\b|\bsrand\b", set(), "randomness is handed in"),
    (r"^using namespace", set(), "names keep their namespaces"),
    (r"\bprotected:", set(), "a class is an interface or final"),
    (r"\bdynamic_cast\b|\bconst_cast\b", {"http/response_reader.cpp"}, "say what you mean with types"),  # zlib
]
# Where a library's own base class asks for it.
PROTECTED_ALLOWED = {"core/stderr_log.cpp"}


def reachable(layer: str) -> set[str]:
    """All layers that `layer` may include, itself among them."""
    found = {layer}
    for target in ARROWS[layer]:
        found |= reachable(target)
    return found


def may_know(name: str, files: set[str]) -> bool:
    return name in files or name.split("/")[0] + "/*" in files


def check_include(name: str, include: str, quoted: bool) -> str | None:
    layer = name.split("/")[0]
    if not quoted:
        for library, files in LIBRARIES.items():
            if include.startswith(library) and not may_know(name, files):
                return f"<{include}> is known to {sorted(files) or 'nobody'} only"
        return None
    target = include.split("/")[0]
    if layer == "main" or (target not in ARROWS and target not in ("config", "main")):
        return None
    if layer == "config":
        return None if CONFIG_MAY_USE.match(include) else f"config/ may not include {include}"
    if target not in reachable(layer):
        return f"{layer}/ may not include {target}/"
    return None


def check_line(name: str, line: str) -> list[str]:
    problems = []
    include = re.match(r'#include (["<])([^">]+)', line)
    if include:
        problem = check_include(name, include[2], include[1] == '"')
        problems += [problem] if problem else []
    code = line.split("//")[0]
    for pattern, files, reason in FORBIDDEN:
        allowed = files | (PROTECTED_ALLOWED if "protected" in pattern else set())
        if re.search(pattern, code) and not may_know(name, allowed):
            problems.append(f"{reason}: {line.strip()}")
    return problems


def check_size(name: str, lines: int, limit: int) -> list[str]:
    return [f"{name}: {lines} lines, at most {limit}"] if lines > limit else []


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    problems = []
    sources = sorted((root / "exporter").rglob("*.[ch]pp"))
    for path in sources:
        name = path.relative_to(root / "exporter").as_posix()
        lines = path.read_text().splitlines()
        problems += check_size(name, len(lines), 400)
        for number, line in enumerate(lines, 1):
            problems += [f"exporter/{name}:{number}: {problem}" for problem in check_line(name, line)]
    for path in sorted((root / "tests").rglob("*.[ch]pp")):
        name = path.relative_to(root).as_posix()
        text = path.read_text()
        problems += check_size(name, len(text.splitlines()), 600)
        if re.search(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b", text):
            problems.append(f"{name}: tests never sleep")
        if name.startswith("tests/simulator/") and re.search(
            r'#include "(' + "|".join(ARROWS) + r'|config|main)/', text
        ):
            problems.append(f"{name}: the simulated Azure shares no code with the exporter")
    if not sources:
        problems.append(f"no sources below {root}")
    print("\n".join(problems) or f"{len(sources)} files keep to the layers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
