"""JUnit XML: a test case for each image or service.  ``<failure>`` did not hold, ``<error>`` could not be told."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from app.commands.check.outcome import Checked, SubjectSeen
from app.commands.check.reports.safe import xml
from app.commands.check.reports.text import text


def junit(checked: Checked) -> str:
    cases = [_case(each, checked) for each in checked.subjects]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": "0",
        "time": f"{sum(float(case.attrib['time']) for case in cases):.3f}",
    }
    root = ET.Element("testsuites", {"name": "signal-lab check", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": "signal-lab check", **counts})
    suite.extend(cases)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(seen: SubjectSeen, checked: Checked) -> ET.Element:
    took = max((run.took_s or 0.0 for run in seen.runs), default=0.0)
    name = f"{seen.subject.name} stops within {seen.subject.terms.within_s:g} s"
    case = ET.Element("testcase", {"classname": "signal-lab.check", "name": xml(name), "time": f"{took:.3f}"})
    whole = text(Checked([seen], checked.fail_on))
    code = Checked([seen], checked.fail_on).exit
    if code:
        rule = next((each.rule.id for each, _ in seen.findings() if code == 3 or checked.is_failure(each)), "SL011")
        kind = "error" if code == 3 else "failure"
        wrong = ET.SubElement(case, kind, {"message": xml(seen.text), "type": rule})
        wrong.text = xml(whole)
    else:
        ET.SubElement(case, "system-out").text = xml(whole)
    return case
