"""Who may do what: token, sessions, links, roles, Host and origin.

Default is deny: ``authorize`` is a dependency of the whole application and refuses every route that does not say with
``@role(…)`` who may use it (a test walks all routes).  A route's own path parameters are never looked at here.

The link that is printed for the driver works once and only by POST, so that a preview in a chat does not use it up.
The viewer's link can be shared.  Both become a session cookie that holds a random session id, never the token; its
name holds the port, because cookies do not.  Sessions survive a restart: an EventSource that is refused would give up.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from app.errors import CrossSite, DataFolder, Forbidden, Unauthenticated
from app.folder.storage import open_file, translated
from app.hub.audience import Role

Who = Literal["anyone", "viewer", "driver"]
F = TypeVar("F", bound=Callable[..., object])
RANK: dict[Who, int] = {"anyone": 0, "viewer": 1, "driver": 2}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
VIEWERS_WRITE = re.compile(r"/api/v1/targets/[^/]+/guess")

MOST_KNOWN = 10_000  # sessions that are kept in memory: far more than a room has browsers
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, role TEXT NOT NULL, made TEXT DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS links (code TEXT PRIMARY KEY, role TEXT NOT NULL, made TEXT DEFAULT CURRENT_TIMESTAMP);
"""


def role(who: Who) -> Callable[[F], F]:
    """Say who may use a route."""

    def mark(endpoint: F) -> F:
        endpoint.__lab_role__ = who  # type: ignore[attr-defined]
        return endpoint

    return mark


def _hash(secret: str) -> str:
    """What is stored of a secret: whoever reads the file cannot sign in with it."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Access:
    """Sessions and links, in a file of their own, and the token for programs.

    Args:
        folder: the data folder; ``access.db`` and ``token`` are made in it, readable by this user only.
        token: as given by the person, else the one kept in ``token``, else a new random one.
    """

    def __init__(self, folder: Path, token: str | None) -> None:
        self._lock = threading.Lock()
        self._path = folder / "access.db"
        self._db = open_file(self._path, SCHEMA, version=1)
        self.token = token or _kept_token(folder / "token")
        self._known: dict[str, Role] = {}  # sessions that were asked for: this lab alone has the file

    def new_link(self, role: Role) -> str:
        """A code for a link: a driver's works once; the viewers' stays until it is revoked."""
        code = secrets.token_urlsafe(18)
        self._write("INSERT INTO links (code, role) VALUES (?, ?)", _hash(code), role)
        return code

    def redeem(self, code: str, role: Role) -> str | None:
        """A session id for a valid code of that role; None otherwise.  A driver's code is used up."""
        with self._lock, translated(self._path):
            found = self._db.execute("SELECT 1 FROM links WHERE code = ? AND role = ?", (_hash(code), role)).fetchone()
            if not found:
                return None
            if role == "driver":
                used = self._db.execute("DELETE FROM links WHERE code = ?", (_hash(code),))
                if used.rowcount != 1:
                    return None
            session = secrets.token_urlsafe(24)
            self._db.execute("INSERT INTO sessions (id, role) VALUES (?, ?)", (_hash(session), role))
        return session

    def revoke_viewers(self) -> None:
        """The viewers' links stop working, and their sessions with them."""
        with self._lock, translated(self._path):
            self._db.execute("DELETE FROM links WHERE role = 'viewer'")
            self._db.execute("DELETE FROM sessions WHERE role = 'viewer'")
            self._known = {session: role for session, role in self._known.items() if role != "viewer"}

    def knows(self, connection: HTTPConnection, cookie: str) -> bool:
        """Whether ``role_of`` needs no file for its answer."""
        session = connection.cookies.get(cookie)
        return bool(connection.headers.get("authorization")) or not session or _hash(session) in self._known

    def role_of(self, connection: HTTPConnection, cookie: str) -> Role | None:
        """By token or by session; a wrong token is not helped by a good cookie."""
        if header := connection.headers.get("authorization"):
            scheme, _, given = header.partition(" ")
            good = scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.token.encode())
            return "driver" if good else None
        session = connection.cookies.get(cookie)
        if not session:
            return None
        if known := self._known.get(key := _hash(session)):
            return known
        with self._lock, translated(self._path):
            found = self._db.execute("SELECT role FROM sessions WHERE id = ?", (key,)).fetchone()
            if found and len(self._known) < MOST_KNOWN:  # under the lock: what is revoked meanwhile is not put back
                self._known[key] = found[0]
        return found[0] if found else None

    def session_of(self, connection: HTTPConnection, cookie: str) -> str:
        """The same for all connections of one browser, and no secret; "" for programs, which come with the token."""
        session = connection.cookies.get(cookie)
        return "" if not session or connection.headers.get("authorization") else _hash(session)[:16]

    def pseudonym(self, connection: HTTPConnection, cookie: str, about: str) -> str:
        """One browser's in one run: the same each time, and it leads to no session and to no other run."""
        who = self.session_of(connection, cookie) or "program"
        return hmac.new(self.token.encode(), f"{about} {who}".encode(), hashlib.sha256).hexdigest()[:12]

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _write(self, statement: str, *values: str) -> None:
        with self._lock, translated(self._path):
            self._db.execute(statement, values)


def _kept_token(path: Path) -> str:
    """Raises DataFolder."""
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
        if kept := path.read_text().strip():
            return kept
        token = secrets.token_urlsafe(24)
        path.write_text(token + "\n")
    except OSError as error:
        raise DataFolder(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataFolder(f"{path}: it holds no token", hint="Remove it: the next start makes a new one.") from error
    return token


def token_in(path: Path) -> str:
    """The token that a person keeps in a file.  Raises DataFolder."""
    try:
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it holds no text"
        raise DataFolder(f"{path}: {why}", hint="Name a file that holds the token with --token-file.") from error
    if not token:
        raise DataFolder(f"{path}: it is empty", hint="Write the token into it: `openssl rand -hex 24` makes one.")
    return token


def cookie_name(port: int) -> str:
    return f"signal_lab_{port}"


def own_origin(connection: HTTPConnection, public_url: str | None) -> str:
    """What a browser says of the lab's own pages, by the name under which this request came."""
    host = connection.headers.get("host", "").lower()
    public = urlsplit(public_url or "")
    scheme = public.scheme if public.netloc.lower() == host else connection.url.scheme
    return f"{scheme}://{host}"


def check_origin(connection: HTTPConnection, method: str, public_url: str | None) -> None:
    """A write by a browser must come from the lab's own pages.

    A program with a Bearer token is exempt: no page can set that header for another origin.  Sec-Fetch-Site cannot be
    forged by a page; Origin, where there is one, must be the lab's own, scheme and all.  A form of a page that sends no
    Referer has the Origin "null": beside "same-origin", and only there, that is the lab's own.
    """
    if method in SAFE or connection.headers.get("authorization"):
        return
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise CrossSite(f"this write came from another site ({site})")
    if origin is None:
        if site is None:
            raise CrossSite("this write does not say that it comes from the lab's own pages")
    elif origin.lower() != own_origin(connection, public_url) and not (origin == "null" and site == "same-origin"):
        raise CrossSite("this write came from a page that is not the lab's own")


def may_write(role: Role, path: str) -> bool:
    """Before anything of a request is read: viewers guess, and write nothing else.  The route says it again."""
    return role == "driver" or VIEWERS_WRITE.fullmatch(path) is not None


def check_role(needed: Who | None, has: Role | None) -> None:
    """Raises Unauthenticated without a role, Forbidden with too small a one or where a route says nothing."""
    if needed is None:
        raise Forbidden("this route says nothing about who may use it, so nobody may")
    if needed == "anyone":
        return
    if has is None:
        raise Unauthenticated("this page is for people who have a link to this lab")
    if RANK[has] < RANK[needed]:
        raise Forbidden("viewers may watch and guess, and nothing else")
