"""The main job without an engine, through the API: start, signal, type, resize, stop."""

from __future__ import annotations

import pytest

from tests.support import LabUnderTest, Person, is_alive, kind, prints, runs, until

pytestmark = pytest.mark.whole


def test_a_signal_is_recorded_before_the_trap_that_it_sets_off(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        ready = events.until(prints("ready"))["id"]
        reply = driver.post(f"/targets/{target}/signals", {"signal": "USR1"})
        assert reply.status_code == 202
        trapped = events.until(prints("USR1"))
    story = [event for event in events.seen if ready < event["id"] <= trapped["id"]]
    asked = [event for event in story if event["kind"] == "signal_requested"]
    assert [event["id"] for event in asked] == [reply.json()["event_id"]]
    assert asked[0]["signal"] == "SIGUSR1"
    assert asked[0]["by"] == "driver"


def test_every_signal_that_can_be_caught_is_printed_by_its_name(driver: Person) -> None:
    run, target = driver.start("catch-all")
    names = [row["short"] for row in driver.get("/signals").json()["signals"]]
    assert len(names) == 62
    # The C library's shell runs a CHLD trap only for a child that ended; INT ends the script.
    wanted = [name for name in names if name not in ("KILL", "STOP", "CHLD", "INT")]
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        for name in wanted:
            assert driver.post(f"/targets/{target}/signals", {"signal": name}).status_code == 202
            events.next(prints(f"{name}\r\n"))


def test_ctrl_c_is_a_real_interrupt_and_a_resize_a_real_winch(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        assert driver.post(f"/targets/{target}/resize", {"cols": 101, "rows": 31}).status_code == 202
        events.until(prints("WINCH"))
        assert driver.post(f"/targets/{target}/input", {"data": "\u0003"}).status_code == 202
        events.until(prints("INT"))
        ended = events.until(kind("target_exited"))
        assert (ended["exit_code"], ended["cause"], "signal" in ended) == (0, "exited", False)
        assert events.until(kind("run_finished"))["reason"] == "ended"


def test_a_stop_waits_for_its_timeout_and_then_kills(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        stop = driver.post(f"/targets/{target}/stop", {"timeout_s": 1}).json()["event_id"]
        again = driver.post(f"/targets/{target}/stop", {"timeout_s": 1})
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
        asked = events.until(kind("stop_requested"))
        assert (asked["id"], asked["signal"], asked["timeout_s"]) == (stop, "SIGTERM", 1)
        events.until(prints("TERM"))
        assert events.until(kind("stop_escalated"))["reason"] == "timeout"
        exited = events.until(kind("target_exited"))
        assert (exited["signal"], exited["cause"]) == ("SIGKILL", "killed")
        finished = events.until(kind("stop_finished"))
    assert (finished["stop"], finished["exit_code"], finished["killed"]) == (stop, 137, True)
    assert 1 <= finished["took_s"] < 10
    order = [event["kind"] for event in events.seen]
    assert order.index("target_exited") < order.index("stop_finished")


def test_what_has_no_handler_leaves_at_once(driver: Person) -> None:
    run, target = driver.command("sleep", "600")
    with driver.events(run=run) as events:
        events.until(kind("target_started"))
        driver.post(f"/targets/{target}/stop", {})
        assert events.until(kind("stop_requested"))["timeout_s"] == 10
        finished = events.until(kind("stop_finished"))
    assert (finished["exit_code"], finished["killed"]) == (143, False)
    assert finished["took_s"] < 10


def test_a_stop_without_a_limit_waits_until_somebody_kills(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        early = driver.post(f"/targets/{target}/kill")
        assert (early.status_code, early.json()["code"]) == (409, "conflict")
        driver.post(f"/targets/{target}/stop", {"timeout_s": -1, "signal": "HUP"})
        assert "deadline" not in events.until(kind("stop_requested", signal="SIGHUP"))
        events.until(prints("HUP"))
        assert driver.post(f"/targets/{target}/kill").status_code == 202
        assert events.until(kind("stop_escalated"))["reason"] == "person"
        assert events.until(kind("stop_finished"))["killed"] is True


def test_a_stop_of_zero_seconds_kills_at_once(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        driver.post(f"/targets/{target}/stop", {"timeout_s": 0})
        finished = events.until(kind("stop_finished"))
    assert finished["killed"] is True
    assert finished["took_s"] < 10


def test_a_signal_reaches_the_child_that_was_named(driver: Person) -> None:
    run, target = driver.command("bash", "-c", "trap 'echo parent' USR1; sleep 600 & wait; wait; echo child went; read")
    with driver.events(run=run) as events:
        child = events.until(runs("sleep", "600"))["pid"]
        reply = driver.post(f"/targets/{target}/signals", {"signal": 15, "pid": child})
        assert reply.status_code == 202
        events.until(prints("child went"))
        gone = driver.post(f"/targets/{target}/signals", {"signal": 15, "pid": child})
        assert (gone.status_code, gone.json()["code"]) == (409, "already_gone")
        assert not any("parent" in event.get("text", "") for event in events.seen)


def test_what_is_not_ours_is_never_signalled(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        for pid in (1, 2, 999_999_999):
            reply = driver.post(f"/targets/{target}/signals", {"signal": "WINCH", "pid": pid})
            assert (reply.status_code, reply.json()["code"]) == (403, "not_ours"), pid
        for pid in (0, -1):
            assert driver.post(f"/targets/{target}/signals", {"signal": "WINCH", "pid": pid}).status_code == 422
        marker = driver.post(f"/targets/{target}/signals", {"signal": "USR2"}).json()["event_id"]
        events.until(lambda event: event["id"] == marker)
    asked = [event for event in events.seen if event["kind"] == "signal_requested"]
    assert [event["signal"] for event in asked] == ["SIGUSR2"], "a refused request leaves no trace"


def test_errors_of_a_target_that_is_not_there(driver: Person) -> None:
    run, target = driver.command("true")
    with driver.events(run=run) as events:
        events.until(kind("run_finished"))
    for path, body in (("signals", {"signal": "TERM"}), ("stop", {}), ("input", {"data": "x"})):
        reply = driver.post(f"/targets/{target}/{path}", body)
        assert (reply.status_code, reply.json()["code"]) == (409, "already_gone")
        reply = driver.post(f"/targets/r99.x/{path}", body)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_what_a_page_asks_by_itself_is_no_error_when_the_target_has_just_ended(driver: Person) -> None:
    run, target = driver.command("true")
    with driver.events(run=run) as events:
        events.until(kind("run_finished"))
    assert driver.post(f"/targets/{target}/resize", {"cols": 99, "rows": 33}).status_code == 202
    told = driver.get(f"/targets/{target}/forecast?signal=TERM&timeout_s=3")
    assert (told.status_code, told.json()) == (200, {"target": target, "stop": None, "processes": []})
    for nobody in (driver.post("/targets/r99.x/resize", {"cols": 9, "rows": 9}), driver.get("/targets/r99.x/forecast")):
        assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
    assert driver.get(f"/targets/{target}/forecast?signal=NO").status_code == 422


def test_a_command_that_cannot_be_started_fails_its_run(driver: Person) -> None:
    run, _ = driver.command("no-such-command-here")
    with driver.events(run=run) as events:
        finished = events.until(kind("run_finished"))
    assert finished["reason"] == "failed"
    assert "no-such-command-here: No such file or directory" in finished["error"]
    assert not any(event["kind"] == "target_exited" for event in events.seen)


def test_removing_a_run_ends_everything_that_belongs_to_it(driver: Person) -> None:
    run, _ = driver.command("bash", "-c", "trap '' TERM HUP; setsid sleep 611 & (sleep 612 &) ; echo ready; sleep 613")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        # Each may be seen first as the shell that forked it, and change when it has become sleep.
        sleepers = [events.until(runs("sleep", n))["pid"] for n in ("611", "612", "613")]
        assert driver.client.delete(f"/api/v1/runs/{run}").status_code == 200
        assert events.until(kind("run_finished"))["reason"] == "removed"
    until(lambda: not any(is_alive(pid) for pid in sleepers), what="every process is gone")


def test_without_an_engine_containers_say_so_and_local_targets_work(lab: LabUnderTest, driver: Person) -> None:
    engine = driver.get("/engine").json()
    assert engine["state"] == "absent"
    assert "no socket at" in engine["reason"]
    shown = {each["id"]: each for each in driver.get("/experiments").json()["experiments"]}
    assert shown["catch-all"]["available"] is True
    assert (shown["pid-1"]["available"], shown["pid-1"]["why_not"]) == (False, engine["reason"])
    reply = driver.post("/runs", {"experiment": "pid-1"})
    assert (reply.status_code, reply.json()["code"]) == (503, "no_engine")
    assert driver.get("/runs").json()["runs"] == []
    run, _ = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))


def test_a_lesson_is_ticked_by_events(driver: Person) -> None:
    run, target = driver.start("catch-all")
    with driver.events(run=run) as events:
        events.until(prints("ready"))
        events.until(kind("step_done", step=0, expect=1))
        looking = driver.post(f"/runs/{run}/steps/0")
        assert (looking.status_code, looking.json()["code"]) == (422, "bad_request"), "there is nothing to do in it"
        assert driver.post(f"/runs/{run}/steps/1").status_code == 202
        done = events.until(kind("step_done", step=1))
        proof = next(event for event in events.seen if event["id"] == done["evidence"])
        assert "USR1" in proof["text"]
        assert driver.post(f"/runs/{run}/steps/2").status_code == 202
        events.until(kind("step_done", step=2, expect=0))
        events.until(lambda event: event["kind"] in ("step_done", "step_unseen") and event["step"] == 2)
        driver.post(f"/targets/{target}/signals", {"signal": "TERM"})  # by hand instead of by the step
        events.until(kind("step_done", step=3))
        assert driver.post(f"/runs/{run}/steps/4").status_code == 202
        events.until(kind("step_done", step=4, expect=1))
        assert driver.post(f"/runs/{run}/steps/9").status_code in (404, 409)


def test_run_facts_tell_what_the_events_told(driver: Person) -> None:
    run, target = driver.command("sleep", "600")
    with driver.events(run=run) as events:
        events.until(kind("target_started"))
        driver.post(f"/targets/{target}/stop", {"timeout_s": 5})
        events.until(kind("run_finished"))
    facts = driver.get(f"/runs/{run}").json()
    assert (facts["status"], facts["reason"], facts["result"]["exit_code"]) == ("finished", "ended", 143)
    assert facts["last_event_id"] >= events.seen[-1]["id"]
    assert driver.get("/runs").json()["runs"][0]["run"] == run
    lines = driver.get(f"/runs/{run}/events.jsonl").text.splitlines()
    assert len(lines) == len([event for event in events.seen if event.get("run") == run])
