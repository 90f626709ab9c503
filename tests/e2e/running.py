"""How a test of real programs gets them from its command line and is rid of them at its end."""

import argparse
import sys
import unittest

from programs import Program

# Those of Debian's packages are on the path, ours have to be named.
_FOUND = {"prometheus": "prometheus", "promtool": "promtool", "alertmanager": "prometheus-alertmanager"}


def main(options: argparse.Namespace, *programs: str) -> None:
    """Puts the programs of the command line into `options` and runs the tests of the script with the rest of it."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in programs:
        parser.add_argument(f"--{name}", default=_FOUND.get(name), required=name not in _FOUND)
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


def until_the_end(test: type[unittest.TestCase], program: Program) -> Program:
    """Stopped after the tests of the class in any case, also when setUpClass fails half-way; then its last words are shown."""
    test.addClassCleanup(lambda: print(program.tail(), file=sys.stderr))
    test.addClassCleanup(program.stop)
    return program
