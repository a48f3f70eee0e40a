"""A few experiments of the catalogue, gone through on the page from the home page to what was to be learnt.

``scripts/walk.py`` does this with all of them.
"""

from __future__ import annotations

import pytest

from app.experiments.loading import load_catalogue
from tests.browser.conftest import Open, first
from tests.browser.walker import walk
from tests.support import LabUnderTest

pytestmark = pytest.mark.browser
CATALOGUE, _ = load_catalogue()


@pytest.mark.parametrize("name", first("hup-reload", "parent-child", "kill-inside"))
def test_it_can_be_walked_through_button_by_button(name: str, lab: LabUnderTest, open_screen: Open) -> None:
    walked = walk(open_screen(lab.driver_link, driver=True).page, lab.url, CATALOGUE[name])
    assert not walked.why
    assert (walked.done, walked.seen) == (walked.steps, walked.expected)
