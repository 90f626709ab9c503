"""There is a runbook for every alert, complete, and nothing in it is out of date.

usage: test_runbooks.py [unittest's options]
"""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

import rule_tests
import runbooks
from runbooks import FOLDER, SECTIONS

ROOT = Path(__file__).resolve().parents[2]
MIXIN = ROOT / "config" / "mixin"
sys.path.insert(0, str(MIXIN))
import generate  # noqa: E402  (it lives with the mixin, for users who have nothing but that folder)

ALERTS = rule_tests.alerts()
UIDS = {made["uid"] for made in generate.evaluate(kinds=["dashboards"])["dashboards"].values()}


def settings() -> dict[str, Any]:
    run = subprocess.run(["jsonnet", "--exec", f"(import '{MIXIN / 'config.libsonnet'}')._config"], capture_output=True,
                         text=True, check=True)
    return dict(json.loads(run.stdout))


class RunbookTest(unittest.TestCase):
    def test_every_alert_has_one_and_no_other_is_there(self) -> None:
        self.assertEqual(sorted(ALERTS), [path.stem for path in runbooks.paths()])

    def test_it_begins_with_the_alerts_name_and_one_sentence(self) -> None:
        for path in runbooks.paths():
            heading, _, meaning = runbooks.sections(path)[""].strip().partition("\n\n")
            with self.subTest(path.name):
                self.assertEqual(f"# {path.stem}", heading)
                self.assertRegex(" ".join(meaning.split()), r"^[A-Z][^.]+\.$")

    def test_its_sections_are_complete_and_in_order(self) -> None:
        for path in runbooks.paths():
            sections = runbooks.sections(path)
            with self.subTest(path.name):
                self.assertEqual(["", *SECTIONS], list(sections))
                self.assertEqual([], [name for name, text in sections.items() if len(text) < len("Nobody.")])
                self.assertRegex(sections["Likely causes"], r"(?m)^1\. ")
                self.assertRegex(sections["Fix"], r"It has worked when")

    def test_it_looks_first_at_a_dashboard_and_three_queries(self) -> None:
        for path in runbooks.paths():
            section = runbooks.sections(path)["Look first"]
            with self.subTest(path.name):
                self.assertEqual(3, len(runbooks.blocks(section, "promql")))
                self.assertEqual(3, len(runbooks.queries(path)))

    def test_it_opens_the_dashboard_of_the_alert(self) -> None:
        for path in runbooks.paths():
            linked = re.findall(r"<(http[^>]+)>", runbooks.sections(path)["Look first"])
            of_alert = ALERTS[path.stem]["annotations"]["dashboard_url"]
            with self.subTest(path.name):
                self.assertEqual([of_alert.split("?")[0]], [link.split("?")[0] for link in linked])
                if UIDS:
                    self.assertIn(linked[0].split("?")[0].rsplit("/", 1)[1], UIDS)

    def test_links_set_variables_that_the_dashboard_has(self) -> None:
        known = {}
        for file in (ROOT / "dashboards").glob("*.json"):
            made = json.loads(file.read_text(encoding="utf-8"))
            known[made["uid"]] = {variable["name"] for variable in made["templating"]["list"]}
        links = [rule["annotations"]["dashboard_url"] for rule in ALERTS.values()]
        links += [link for path in runbooks.paths() for link in re.findall(r"<(http[^>]+/d/[^>]+)>", path.read_text())]
        for link in links:
            uid = link.split("?")[0].rsplit("/", 1)[1]
            with self.subTest(link):
                self.assertLessEqual(set(re.findall(r"[?&]var-(\w+)=", link)), known[uid])

    def test_its_queries_are_promql(self) -> None:
        for path in runbooks.paths():
            records = [{"record": f"query{at}", "expr": query} for at, query in enumerate(runbooks.queries(path))]
            rules = json.dumps({"groups": [{"name": "queries", "rules": records}]})
            with self.subTest(path.name):
                self.assertEqual("", rule_tests.promtool("check", "rules", "/dev/stdin", given=rules))

    def test_its_commands_are_shell_and_read_before_they_write(self) -> None:
        for path in runbooks.paths():
            section = runbooks.sections(path)["Commands"]
            scripts = runbooks.blocks(section, "sh")
            run = subprocess.run(["bash", "-n"], input="\n".join(scripts), capture_output=True, text=True, check=False)
            reading = scripts[0].split("# changes something")[0]
            with self.subTest(path.name):
                self.assertEqual((0, ""), (run.returncode, run.stderr))
                self.assertIsNone(re.search(r"\b(create|delete|cancel|reset|restart|export|update)\b --?", reading))
                self.assertEqual("# changes something" in scripts[0], section.startswith("They only read, up to"))

    def test_the_alerts_and_settings_that_it_names_exist(self) -> None:
        known = settings()
        for path in runbooks.paths():
            text = path.read_text(encoding="utf-8")
            with self.subTest(path.name):
                self.assertLessEqual(set(re.findall(r"\bAzureIotHub\w+", text)), set(ALERTS))
                for group, name in re.findall(r"\b(thresholds|waits|severities|memory)\.(\w+)", text):
                    self.assertIn(name, known[group])

    def test_no_line_is_too_long_to_read(self) -> None:
        for path in runbooks.paths():
            prose = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            with self.subTest(path.name):
                self.assertEqual([], [line for line in prose.splitlines() if len(line) > 120])

    def test_the_table_lists_every_alert_as_it_is(self) -> None:
        rows = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| (\w+) \| (\w+) \| (.+) \|$",
                          (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
        said = {path.stem: " ".join(runbooks.sections(path)[""].split("\n\n")[1].split()) for path in runbooks.paths()}
        expected = [(name, name, rule["labels"]["severity"], rule["for"], said[name]) for name, rule in ALERTS.items()]
        self.assertEqual(expected, rows)


if __name__ == "__main__":
    unittest.main()
