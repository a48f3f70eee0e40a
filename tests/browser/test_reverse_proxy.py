"""nginx of Debian, with TLS and the block of docs/deploy.md, before a real lab: a lesson is taught through it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, expect

from app.hosts.container.images import tag_of
from tests.browser.chromium import launched
from tests.browser.conftest import LAPTOP
from tests.engine.calls import ROOT
from tests.engine.test_recovery import docker
from tests.ship.conftest import run
from tests.ship.test_image import free_port
from tests.support import LabUnderTest, running_lab, until

pytestmark = [pytest.mark.engine, pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(280)]
DOCKERFILE = f"""
FROM {tag_of("base")}
USER root
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light openssl
RUN openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout /key.pem -out /cert.pem
COPY nginx.conf /
CMD ["nginx", "-c", "/nginx.conf", "-g", "daemon off;"]
"""
SERVER = """
events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:%d ssl;
    ssl_certificate /cert.pem;
    ssl_certificate_key /key.pem;
    %s
  }
}
"""


@pytest.fixture
def lab(engine: None, tmp_path: Path) -> Iterator[LabUnderTest]:
    run("signal-lab", "images", "build", "base", env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"})
    port = free_port()
    address = f"https://localhost:{port}/lab/"
    tag = name = f"signal-lab-nginx-test-{os.getpid()}"
    with running_lab(tmp_path / "data", public_url=address, trusted_proxies="127.0.0.1") as running:
        [block] = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/deploy.md").read_text(), re.DOTALL)
        context = tmp_path / "context"
        context.mkdir()
        (context / "nginx.conf").write_text(SERVER % (port, block.replace(":9015", f":{running.port}")))
        (context / "Dockerfile").write_text(DOCKERFILE)
        classic = {**os.environ, "DOCKER_BUILDKIT": "0"}
        try:
            run("docker", "build", "--quiet", "--tag", tag, str(context), env=classic)
            docker("run", "--detach", "--name", name, "--network", "host", tag)
            yield running
        finally:
            subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
            subprocess.run(["docker", "rmi", tag], capture_output=True, check=False)


@pytest.fixture
def trusting(browser: Browser) -> Iterator[Browser]:
    """One that takes nginx's own certificate, also in the worker that all tabs share: a context's option does not."""
    taking = launched(browser.browser_type, "--ignore-certificate-errors")
    yield taking
    taking.close()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, verify=False).is_success
    except httpx.TransportError:
        return False


def test_a_lesson_is_taught_below_a_path_with_tls(lab: LabUnderTest, trusting: Browser) -> None:
    address = str(lab.settings.public_url).rstrip("/")
    context = trusting.new_context(viewport=LAPTOP)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    until(lambda: answers(f"{address}/api/v1/healthz"), what="nginx")
    page.goto(lab.driver_link)
    page.get_by_role("button", name="Enter as the driver").click()
    page.wait_for_url(f"{address}/")
    page.get_by_role("link", name="Catch every signal").first.click()
    page.wait_for_url(f"{address}/experiments/catch-all")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(re.escape(address) + r"/runs/r\d+$"))
    expect(page.locator(".xterm-rows")).to_contain_text("ready")
    for typed, line in (("usr1", "USR1"), ("hup", "HUP")):
        page.keyboard.press("/")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(page.locator(".xterm-rows")).to_contain_text(line)  # held back by nobody
    ran = page.url

    viewer = trusting.new_context(viewport=LAPTOP).new_page()
    viewer.goto(lab.viewer_link)
    viewer.goto(ran)
    expect(viewer.locator(".xterm-rows")).to_contain_text("USR1")
    page.get_by_role("button", name="Stop", exact=True).click()
    for each in (page, viewer):
        expect(each.locator(".result")).to_contain_text("Verdict")
    page.get_by_role("link", name="Runs", exact=True).click()
    page.wait_for_url(f"{address}/runs")
    page.locator(".hist-run").first.click()
    page.wait_for_url(ran)
    page.reload()
    expect(page.locator(".result")).to_contain_text("Verdict")

    assert [url for url in asked if url.startswith("http") and not url.startswith(f"{address}/")] == []
    [cookie] = context.cookies()
    assert (cookie["path"], cookie["secure"], cookie["domain"]) == ("/lab/", True, urlsplit(address).hostname)
