"""How many descriptors this process may have open, and how many it could when it was started.  Leaf module.

A connection, a target and a call to the engine cost one or more each, and the usual soft limit of 1,024 is soon used
up.  Programs that the lab starts get back what it was given itself: some count up to it, or cannot count beyond 1,024.
"""

from __future__ import annotations

import resource

WANTED = 65536
given = resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def raise_limit() -> int:
    """As far as this user may, and is of use; gives what may now be open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return at_most()


def at_most() -> int:
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return WANTED if soft == resource.RLIM_INFINITY else soft
