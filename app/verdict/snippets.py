"""Lines of a program's own language that handle a signal, pass it on, or wait: the least that works, to build on."""

from __future__ import annotations

import shlex

from app.events.parts import AdviceLines
from app.signals import named_so
from app.verdict.programs.identity import program_of
from app.verdict.remedies import handles
from app.verdict.tree import ProcessView

# What Go's runtime catches whatever the program asks for; see runtimes.py.
_GO = 0xFFFFFFF8_7FC00000
_HANDLERS: dict[str, tuple[str, ...]] = {
    "python": ("import signal, sys", "signal.signal(signal.{name}, lambda *_: sys.exit(0))"),
    "node": ('process.on("{name}", () => process.exit(0));',),
    "ruby": ('Signal.trap("{short}") {{ exit }}',),
    "perl": ("$SIG{{{short}}} = sub {{ exit 0 }};",),
    "go": (
        'stopped := make(chan os.Signal, 1)  // import "os", "os/signal" and "syscall"',
        "signal.Notify(stopped, syscall.{name})",
        "go func() {{ <-stopped; os.Exit(0) }}()",
    ),
}
_PASSES: dict[str, tuple[str, ...]] = {
    "python": (
        "signal.signal(signal.{name}, lambda *_: child.terminate())  # child: of subprocess.Popen",
        "code = child.wait()",
        "sys.exit(code if code >= 0 else 128 - code)",
    ),
    "node": (
        'process.on("{name}", () => child.kill("{name}"));  // child: of spawn',
        'child.on("exit", (code) => process.exit(code ?? {status}));',
    ),
}


def language_of(member: ProcessView) -> str:
    """python, node, shell, go …; "" when it does not show."""
    runtime = program_of(member).runtime
    return runtime or ("go" if member.subject.caught & _GO == _GO else "")


def handler(member: ProcessView, signal: str) -> tuple[AdviceLines, ...]:
    """A handler that ends the program; nothing where its language is not known."""
    language = language_of(member)
    if language == "shell":
        return leaves(signal)
    return _written(_HANDLERS.get(language, ()), signal)


def unblocked(member: ProcessView, signal: str) -> tuple[AdviceLines, ...]:
    """The same, for one that blocks it: a handler alone would never run."""
    if language_of(member) != "python":
        return ()
    free = "signal.pthread_sigmask(signal.SIG_UNBLOCK, {{signal.{name}}})"
    return _written((*_HANDLERS["python"], free), signal)


def passes_on(member: ProcessView, signal: str) -> tuple[AdviceLines, ...]:
    """A handler that tells a child and waits for it."""
    return _written(_PASSES.get(language_of(member), ()), signal)


def starts_with_exec(child: ProcessView) -> tuple[AdviceLines, ...]:
    return _script(f"exec {shlex.join(child.argv)}") if typable(child.argv) else ()


def told_and_waited_for(children: tuple[ProcessView, ...], signal: str) -> tuple[AdviceLines, ...]:
    """In a script: the children in the background, a trap that tells them, and ``wait`` until they have ended.

    A trapped signal ends ``wait`` at once, not the child: hence a second one, which gives the child's own status.
    They get the signal itself, or SIGTERM where that would not end them.
    """
    if not children or not all(typable(child.argv) for child in children):
        return ()
    names = ["pid"] if len(children) == 1 else [f"pid{number}" for number in range(1, len(children) + 1)]
    all_of_them = " ".join(f"${name}" for name in names)
    ends = named_so(signal).default in ("terminate", "core")
    passed = signal if ends or all(handles(child, named_so(signal).number) for child in children) else "SIGTERM"
    return _script(
        *(f"{shlex.join(child.argv)} & {name}=$!" for child, name in zip(children, names, strict=True)),
        _trap(f"kill -s {passed.removeprefix('SIG')} {all_of_them}", signal),
        f"wait {all_of_them} || wait {all_of_them}",
    )


def leaves(signal: str) -> tuple[AdviceLines, ...]:
    """A trap that ends its script, for one that only did something and went on."""
    return _script(_trap("exit 0", signal))


def typable(argv: tuple[str, ...]) -> bool:
    """Whether a command line can be given to a person to copy: whole, and nothing in it that a terminal acts on."""
    text = "".join(argv).replace("\n", "").replace("\t", "")
    return bool(argv) and text.isprintable() and not argv[-1].endswith("…")


def _trap(does: str, signal: str) -> str:
    return f"trap '{does}' {signal.removeprefix('SIG')}"


def _script(*lines: str) -> tuple[AdviceLines, ...]:
    return (AdviceLines(place="script", lines=lines),)


def _written(lines: tuple[str, ...], signal: str) -> tuple[AdviceLines, ...]:
    if not lines:
        return ()
    ended_by_it = 128 + named_so(signal).number  # the exit code that shells and Docker give for it
    names = {"name": signal, "short": signal.removeprefix("SIG"), "status": ended_by_it}
    written = tuple(line.format(**names) for line in lines)
    return (AdviceLines(place="program", lines=written),)
