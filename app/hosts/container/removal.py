"""How a container of the lab is removed, running or not."""

from __future__ import annotations

import logging

from app.errors import AlreadyGone, LabError
from app.hosts.engine.engine import Engine
from app.hosts.engine.removing import remove_now

log = logging.getLogger("signal_lab")


async def removed(engine: Engine, container: str, name: str) -> bool:
    """Remove it with its volumes; False: it is left, as after a loss of the engine.  ``name`` is the target's."""
    try:
        await engine.call(lambda client: remove_now(client, container), what="removing it")
    except AlreadyGone:
        return True
    except LabError as error:
        if "already in progress" in str(error):
            return True
        log.warning("%s is left until the engine is back: %s", name, error)
        return False
    return True
