"""What a lab that listens beyond loopback says at its start: where others reach it, and how safe that is."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil

from app.settings import Settings

_ENGINES_OWN = re.compile(r"docker\d+|br-[0-9a-f]{12}")  # bridges of a Docker engine: containers alone are behind them
KEYS = """  Give the watch link to whoever may see; the drive link is a key to this machine. Nobody gets in without one.
"""


def warning(settings: Settings, viewer: str) -> str:
    """ "" for a lab that only this machine reaches.  ``settings``: with the port that it got; ``viewer``: its link."""
    if settings.on_loopback:
        return ""
    if urlsplit(settings.public_url or "").scheme == "https":
        return (
            f"  Others on this network reach port {settings.port} past the proxy, by plain HTTP that can be read on\n"
            f"  its way. Let the proxy alone reach it: --host 127.0.0.1 where it runs on this machine.\n{KEYS}"
        )
    said = "  Others on this network can reach the lab, by plain HTTP that can be read on its way"
    if settings.public_url or not settings.everywhere:
        return f"{said}.\n{KEYS}"
    links = [urlsplit(viewer)._replace(netloc=f"{each}:{settings.port}").geturl() for each in addresses(settings.host)]
    if not links:
        return f"{said}, once this machine has an address other than loopback.\n{KEYS}"
    return "\n".join((f"{said}:", *(f"  watch  {each}" for each in links), KEYS))


def addresses(host: str) -> list[str]:
    """Of this machine, as they stand in a link, for a lab that listens on all of them."""
    return sorted(set(_found(host)))


def _found(host: str) -> Iterator[str]:
    stats = psutil.net_if_stats()
    for name, known in psutil.net_if_addrs().items():
        if _ENGINES_OWN.fullmatch(name) or not (name in stats and stats[name].isup):
            continue
        for each in known:
            try:
                address = ipaddress.ip_address(each.address)
            except ValueError:
                continue  # of the hardware, or with a zone
            if address.is_loopback or address.is_link_local:
                continue
            if address.version == 4:  # a socket on :: takes these as well
                yield str(address)
            elif host == "::":
                yield f"[{address}]"
