"""What the sentences of a timeline need to know of a run's targets, from its events as they come over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]


@dataclass(slots=True)
class Process:
    comm: str
    ns_pid: int
    state: str
    gone: bool = False


@dataclass(slots=True)
class Named:
    """What sentences need to know of a target."""

    name: str
    host: str = ""
    stop_signal: str = "SIGTERM"
    died: bool = False  # the engine has told its end
    processes: dict[int, Process] = field(default_factory=dict)  # by pid on the engine's machine


class Known:
    """Of one run, from its first event on."""

    def __init__(self) -> None:
        self.targets: dict[str, Named] = {}

    def of(self, event: Event) -> Named:
        target = event.get("target") or ""
        return self.targets.get(target) or Named(target.partition(".")[2] or "it")

    def on_event(self, event: Event) -> None:
        if event["kind"] == "run_created":
            self.targets = {each["id"]: Named(each["name"], each["host"]) for each in event["targets"]}
            return
        known = self.targets.get(event.get("target") or "")
        if known is None:
            return
        match event["kind"]:
            case "target_started":
                known.stop_signal = event["stop_signal"]
            case "engine_event" if event["action"] == "die":
                known.died = True
            case "process_appeared":
                known.processes[event["pid"]] = Process(event["comm"], event["ns_pid"], event["state"])
            case "process_changed":
                row = known.processes.pop(event.get("was") or event["pid"], None) or Process("", 0, "")
                row.comm, row.state = event.get("comm") or row.comm, event.get("state") or row.state
                row.ns_pid = event.get("ns_pid") or row.ns_pid
                known.processes[event["pid"]] = row
            case "process_gone" if event["pid"] in known.processes:
                known.processes[event["pid"]].gone = True

    def receiver(self, event: Event) -> str:
        """ "python3 (1)", or the target's name where no process is named or known."""
        pid, target = event.get("pid"), self.of(event)
        if pid is None:
            return target.name
        found = [each for each in target.processes.values() if each.ns_pid == pid and not each.gone]
        return f"{found[0].comm} ({pid})" if found else f"process {pid}"
