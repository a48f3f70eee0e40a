"""What can go wrong, as one tree.  Leaf module.

LabError
├── BadRequest           422  what was asked for makes no sense
│   ├── TooLarge         413
│   ├── BadLine          422  of a file that was to be imported
│   ├── UnknownSignal    422
│   ├── KeyReused        422  of one request, for another one
│   └── NotApplicable    422  makes sense, but not for this target
├── Unauthenticated      401
├── Forbidden            403
│   ├── NotOurs          403  the process or container is not the lab's
│   ├── BadHost          403
│   └── CrossSite        403
├── NotFound             404
├── AlreadyGone          409  it was ours and has ended
├── Conflict             409  cannot be done in this state
│   ├── NotConfirmed     409  what concerns somebody else has to be meant
│   ├── BuildCancelled   409  somebody ended the build that this waited for
│   └── NotReading       409  its terminal is full
├── TooMany              429  of what viewers may send
├── Full                 503  as many as there may be have something open
├── NotPossible          409  this machine does not allow it
├── EngineUnavailable    503
├── CannotStore          503  the disk, or who holds the file, does not allow it now
├── Ending               503  the server is going down
├── DataFolder           500  of a start: what is in the data folder cannot be used
├── Died                 500  the lab ended unasked
└── HostFailed           502  the engine or the kernel refused, with its own words

``code`` is stable and part of the API; the text may improve.
"""

from __future__ import annotations


class LabError(Exception):
    """Base of all errors that a person sees.  ``status`` is the HTTP status, ``hint`` says what to do next."""

    status = 500
    code = "internal_error"
    hint = "This is a defect of the lab. The terminal that runs `signal-lab serve` has the details."

    def __init__(self, error: str, *, hint: str | None = None) -> None:
        super().__init__(error)
        if hint is not None:
            self.hint = hint

    def shape(self) -> dict[str, object]:
        """The one error shape, as it goes over the wire."""
        return {"ok": False, "code": self.code, "error": str(self), "hint": self.hint}


class BadRequest(LabError):
    status, code = 422, "bad_request"
    hint = "See /docs for what this call takes."


class TooLarge(BadRequest):
    status, code = 413, "too_large"
    hint = "The largest thing that the lab takes is a scratch file of one MiB."


class BadLine(BadRequest):
    code = "bad_line"
    hint = "Nothing of this file was imported. Take the export (JSON Lines) or the report of a run as it is."


class UnknownSignal(BadRequest):
    code = "unknown_signal"
    hint = "Use a name or number from `kill -l`, such as TERM, SIGTERM, 15 or SIGRTMIN+3."


class KeyReused(BadRequest):
    code = "key_reused"
    hint = "Give each request a new Idempotency-Key; the same one only when that very request is sent again."


class NotApplicable(BadRequest):
    code = "not_applicable"
    hint = "This target has no such thing."


class Unauthenticated(LabError):
    status, code = 401, "not_signed_in"
    hint = "Open the link that `signal-lab serve` printed, or run `signal-lab link` for a new one."


class Forbidden(LabError):
    status, code = 403, "forbidden"
    hint = "This needs the driver role. Viewers may watch."


class NotOurs(Forbidden):
    code = "not_ours"
    hint = "The lab signals only what it started itself."


class BadHost(Forbidden):
    code = "bad_host"
    hint = "Open the lab by the address that it printed, or add yours with --public-url."


class CrossSite(Forbidden):
    code = "cross_site"
    hint = "Writes are accepted from the lab's own pages, or with `Authorization: Bearer TOKEN`."


class NotFound(LabError):
    status, code = 404, "not_found"
    hint = "It may have been removed. The catalogue is at /."


class AlreadyGone(LabError):
    status, code = 409, "already_gone"
    hint = "Run the experiment again to get a new one."


class Conflict(LabError):
    status, code = 409, "conflict"
    hint = "Wait until what is under way has ended."


class NotConfirmed(Conflict):
    code = "not_confirmed"


class BuildCancelled(Conflict):
    code = "build_cancelled"
    hint = "Start it again: the image is then built from where it got to."


class NotReading(Conflict):
    code = "not_reading"
    hint = "It is stopped, or does something else. Send it SIGCONT, or wait until it reads."


class TooMany(LabError):
    status, code = 429, "too_many"
    hint = "Wait a moment. The last guess that was taken counts."


class Full(LabError):
    status, code = 503, "full"
    hint = "Close pages that nobody looks at, or wait for others to leave."


class NotPossible(LabError):
    status, code = 409, "not_possible"
    hint = "Something on this machine forbids it. `signal-lab verify` says what works here."


class EngineUnavailable(LabError):
    status, code = 503, "no_engine"
    hint = "Start Docker or Podman, or set DOCKER_HOST. Local experiments work without."


class Ending(LabError):
    """Of a reader, too: the server goes down, or this one may not read any more."""

    status, code = 503, "ending"
    hint = "Start it again: runs and events are kept, and pages that are open go on by themselves."

    def __init__(self) -> None:
        super().__init__("the lab is ending")


class CannotStore(LabError):
    status, code = 503, "cannot_store"
    hint = "Make room on the disk, or end the program that holds the file. What runs goes on; stops and signals work."


class DataFolder(LabError):
    code = "data_folder"
    hint = "Make it readable and writable for this user, or name another folder with --data."


class Died(LabError):
    code = "died"
    hint = "Start it again: runs and events are kept. Keepers and janitor end what it had started."


class HostFailed(LabError):
    status, code = 502, "host_failed"
    hint = "The words are the engine's or the kernel's own."


def leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The errors of a group and of the groups in it."""
    found: list[BaseException] = []
    for error in group.exceptions:
        found += leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
