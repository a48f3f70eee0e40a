"""What a lesson has seen of one target: what it printed, its processes, and stops that the lab did not do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OUTPUT_KEPT = 64 * 1024  # characters since the step began


@dataclass(slots=True)
class Seen:
    """Events go in as plain facts, in their order."""

    output: str = ""
    processes: dict[int, dict[str, Any]] = field(default_factory=dict)  # by pid on the machine
    forecast: dict[str, Any] = field(default_factory=dict)
    looked: bool = False  # its processes can be seen at all
    started: bool = False
    _pid: int | None = None  # of its root, on the machine
    _stop_signal: str = ""
    _stopping: bool = False  # by the lab: it will say how that ended
    _asked_at: datetime | None = None  # else: when somebody asked it to stop, by hand
    _killed: bool = False

    def remember(self, facts: dict[str, Any]) -> None:
        match facts["kind"]:
            case "output":
                self.output = (self.output + facts["text"])[-OUTPUT_KEPT:]
            case "target_started":
                self.started = True
                self._pid, self._stop_signal = facts.get("pid"), facts["stop_signal"]
            case "stop_forecast":
                self.forecast = facts
            case "process_appeared":
                self.looked = True
                self.processes[facts["pid"]] = facts
            case "process_changed":
                known = self.processes.pop(facts.get("was", facts["pid"]), {})
                self.processes[facts["pid"]] = {**known, **facts}
            case "process_gone":
                self.processes.pop(facts["pid"], None)

    def stopped_by_hand(self, facts: dict[str, Any], at: datetime) -> dict[str, Any] | None:
        """What the lab would say of a stop, where somebody did it with ``docker stop`` or ``kill`` of their own."""
        match facts["kind"]:
            case "stop_requested":
                self._stopping, self._asked_at = True, None
            case "engine_event" if facts["action"] == "kill":
                self._asked(facts.get("signal"), at)
            case "kernel_signal" if facts["pid"] == self._pid and "generated" in facts:
                self._asked(facts["signal"], at)
            case "target_exited" if self._asked_at is not None and not self._stopping:
                took_s = max(0.0, (at - self._asked_at).total_seconds())
                said = {"exit_code": facts.get("exit_code"), "killed": self._killed, "took_s": took_s}
                return {"kind": "stop_finished", "target": facts["target"], **said}
        return None

    def _asked(self, signal: str | None, at: datetime) -> None:
        if self._stopping:
            return
        if signal == self._stop_signal:
            self._asked_at = self._asked_at or at
        elif signal == "SIGKILL" and self._asked_at is not None:
            self._killed = True
