"""The viewers' link as a QR code: read by a reader that is not the one that drew it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zxingcpp

from app.web.qr import QrCode, qr_code
from tests.support import LabUnderTest, Person, running_lab

SCALE = 6


def modules(code: QrCode) -> list[list[bool]]:
    """What the path paints, module by module."""
    size = code["size"]
    painted = [[False] * size for _ in range(size)]
    bars = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", code["path"])
    assert "".join("M{} {}h{}v1h-{}z".format(*bar) for bar in bars) == code["path"], "nothing else is in it"
    for x, y, width, back in (map(int, bar) for bar in bars):
        assert width == back
        for each in range(x, x + width):
            painted[y][each] = True
    return painted


def read(painted: list[list[bool]]) -> str:
    """What a telephone makes of it."""
    rows = [bytes(0 if dark else 255 for dark in row for _ in range(SCALE)) for row in painted for _ in range(SCALE)]
    side = len(painted) * SCALE
    picture = memoryview(b"".join(rows)).cast("B", shape=(side, side))
    found = zxingcpp.read_barcodes(picture)
    assert [each.format for each in found] == [zxingcpp.BarcodeFormat.QRCode]
    return str(found[0].text)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9015/watch/" + "a" * 24,
        "https://signals.example.org/lab/watch/-_" + "Z9" * 11,
        "http://[2001:db8::1]:9015/watch/" + "x" * 24,
    ],
)
def test_it_says_the_link(url: str) -> None:
    code = qr_code(url)
    painted = modules(code)
    assert read(painted) == url
    for edge in (0, 1, 2, 3):
        assert not any(painted[edge] + painted[-1 - edge]), "a quiet zone of four modules"
        assert not any(row[edge] or row[-1 - edge] for row in painted)


@pytest.mark.whole
def test_a_link_on_loopback_has_no_code_and_says_that_it_is_for_nobody_else(lab: LabUnderTest, driver: Person) -> None:
    told = driver.post("/links", {"role": "viewer"}).json()
    assert told["qr"] is None, "no telephone could open it"
    assert "--host" in told["out_of_reach"]
    assert "--public-url" in told["out_of_reach"]
    assert "qr" not in driver.post("/links", {"role": "driver"}).json(), "a driver's link is for nobody's camera"


@pytest.mark.whole
def test_it_says_the_public_address(tmp_path: Path) -> None:
    with running_lab(tmp_path, public_url="https://lab.example.org") as lab, lab.person() as person:
        told = person.post("/links", {"role": "viewer"}).json()
        assert read(modules(told["qr"])) == told["url"]
        assert told["url"].startswith("https://lab.example.org/watch/")
        assert told["out_of_reach"] == ""


@pytest.mark.whole
def test_all_addresses_are_no_address(tmp_path: Path) -> None:
    with running_lab(tmp_path, host="0.0.0.0") as lab, lab.person() as person:
        assert "--public-url http://ADDRESS" in person.post("/links", {"role": "viewer"}).json()["out_of_reach"]
