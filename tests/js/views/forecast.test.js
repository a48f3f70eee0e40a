import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boardRows, fatesOf, keysOf, signalList } from "../../../static/js/selectors/index.js";
import { groups, masks, ms, story } from "../story.js";
import { flat, wordsOf } from "./flat.js";

const { barView } = await import("../../../static/js/views/bar.js");
const { boardView } = await import("../../../static/js/views/board.js");
const { fallView } = await import("../../../static/js/views/fall.js");
const { findView } = await import("../../../static/js/views/find.js");
const { resultView } = await import("../../../static/js/views/result.js");
const { stopView } = await import("../../../static/js/views/stop.js");
const { namesIn, threadsView } = await import("../../../static/js/views/threads.js");
const { whyView } = await import("../../../static/js/views/why.js");

/** @import { Signal, Target } from "../../../static/js/wire/types.js" */

const none = () => undefined;
/** @param {string} short @param {number} number @param {Signal["default"]} [action] @returns {Signal} */
const signal = (short, number, action = "terminate") => ({
  ...{ name: `SIG${short}`, short, number, default: action, catchable: number !== 9, group: "tell" },
  ...{ meaning: `Means ${short}.`, used_by: "Somebody." },
});
const TABLE = {
  signals: [signal("HUP", 1), signal("KILL", 9), signal("USR1", 10), signal("TERM", 15), signal("WINCH", 28, "ignore")],
  reserved: [signal("32", 32)],
  keys: ["SIGTERM", "SIGUSR1", "SIGWINCH", "SIGKILL"],
};
const KEYS = keysOf(TABLE);
const forecast = () =>
  story()
    .running()
    .forecast(1, { 15: "dropped", 10: "handler", 28: "pending" }, { inside: groups({ 9: "dropped" }) });
/** @param {{fold: () => any}} told @returns {Target} */
const of = (told) => told.fold().targets["r1.server"];

/** @param {Target} target @param {object} [over] */
const board = (target, over = {}) => {
  const rows = boardRows(target, KEYS, ms(30));
  const process = target.processes[rows[0].row];
  return boardView(
    {
      ...{ target, keys: KEYS, count: 5, rows, selected: rows[0].row, states: {}, beam: null, why: "" },
      ...{ fates: fatesOf(process, KEYS, "outside"), from: null, role: "driver", alive: true, missing: "", ...over },
    },
    0,
    { onSend: none, onPoint: none, onSelect: none, onFind: none, onFrom: none, onThreads: none },
  );
};

describe("the keys", () => {
  it("carry what each signal would do to the chosen process, and say where that is only likely", () => {
    const words = wordsOf(board(of(forecast())));
    assert.match(words, /TERM 15 dropped/);
    assert.match(words, /USR1 10 handler/);
    assert.match(words, /WINCH 28 waits ? \? ?, likely/);
    assert.match(words, /KILL 9 kills it/);
    assert.match(words, /on the keys: the forecast/);
    assert.match(flat(board(of(forecast()))), /data-fate=drop .*href=#f-drop/);
  });

  it("keep the default where there is no forecast, and say so", () => {
    const words = wordsOf(board(of(story().running())));
    assert.match(words, /TERM 15 ends it/);
    assert.match(words, /WINCH 28 ignored/);
    assert.match(words, /on the keys: what each does by default/);
  });

  it("say nothing once it has ended: there is nobody whom a signal would end", () => {
    const words = wordsOf(board(of(story().running().exits(29, 137)), { alive: false, fates: [] }));
    assert.match(words, /TERM 15 USR1 10 WINCH 28 KILL 9/);
  });

  it("offer from where only where it matters, and to those who watch too", () => {
    assert.doesNotMatch(wordsOf(board(of(forecast()))), /from outside/);
    for (const role of ["driver", "viewer"]) {
      const shown = board(of(forecast()), { from: "inside", role });
      assert.match(wordsOf(shown), /Sent from from outside inside/);
    }
  });

  it("end the beam in a lid where the kernel dropped the signal", () => {
    const [row] = boardRows(of(forecast()), KEYS, ms(30));
    const shown = flat(board(of(forecast()), { beam: { signal: "SIGTERM", row: row.row, dropped: true } }));
    assert.match(shown, /data-sig=TERM data-d=default data-beam=drop/);
  });
});

describe("the rows", () => {
  it("say what is remarkable, and open their threads by a button of its own", () => {
    const thread = (/** @type {number} */ tid, /** @type {string} */ waited) => ({
      ...{
        tid,
        ns_tid: tid - 99,
        comm: "worker",
        state: "S",
        blocked: "0".repeat(16),
        pending: "0".repeat(16),
        waited,
      },
    });
    const told = story()
      .running()
      .add(1, "process_changed", {
        ...{ pid: 100, start: 1100, is_init: true, frozen: true, traced: true, threads: 5, state: "D" },
        thread_masks: [thread(100, "0".repeat(16)), thread(101, "0000000000004000")],
      });
    const words = wordsOf(board(of(told)));
    assert.match(words, /python3 PID 1, frozen, traced -m http.server/);
    assert.match(flat(board(of(told))), /title=1 of 5 threads differ: show them/);
    const process = Object.values(of(told).processes)[0];
    const shown = wordsOf(threadsView({ process, signals: TABLE.signals }, 0, { onClose: none }));
    assert.match(shown, /2 worker none TERM none 3 more are not listed/);
  });

  it("name signals in a mask the shorter way round", () => {
    const all = Array.from({ length: 30 }, (_, index) => signal(`S${index}`, index + 1));
    assert.equal(namesIn("0000000000000003", all), "S0, S1");
    assert.equal(namesIn("fffffffffffffffe", all), "all but S0");
    assert.equal(namesIn("0000000000000fff", all), "12 signals");
  });

  it("have a shape for what is waited for", () => {
    const told = story()
      .running()
      .add(1, "process_changed", {
        ...{
          pid: 100,
          start: 1100,
          dispositions: masks({ waited: "0000000000004000", signalfd: "200", blocked: "200" }),
        },
      });
    assert.match(wordsOf(board(of(told))), /waited for, by sigwait read from a signalfd/);
    assert.match(flat(board(of(told))), /#d-waited.*data-sig=USR1 data-d=signalfd[^/]*#d-waited/s);
  });
});

describe("the line below the board", () => {
  const slice = { typed: "", typedSignal: null, problem: null, failed: null, role: /** @type {const} */ ("driver") };
  const rest = { ...slice, chosen: null, alive: true, name: "server", pointed: KEYS[0] };

  it("says why", () => {
    const fate = fatesOf(Object.values(of(forecast()).processes)[0], KEYS, "outside")[0];
    assert.match(wordsOf(whyView({ ...rest, fate, from: null })), /^TERM now: dropped\. It is dropped\. Means TERM\.$/);
    assert.match(wordsOf(whyView({ ...rest, fate, from: "inside" })), /^TERM from inside now: /);
  });

  it("falls back to what is so by default", () => {
    assert.match(wordsOf(whyView({ ...rest, fate: null, from: null })), /By default: ends it/);
  });
});

describe("the list of all signals", () => {
  const process = Object.values(of(forecast()).processes)[0];
  /** @param {"number"|"fate"} sort @param {"outside"|"inside"} [from] */
  const sorted = (sort, from) => signalList(TABLE, process, "", { sort, from }).map((choice) => choice.signal.short);

  it("is sorted by number or by fate, and what was typed goes first in both", () => {
    assert.deepEqual(sorted("number"), ["HUP", "KILL", "USR1", "TERM", "WINCH", "32"]);
    assert.deepEqual(sorted("fate"), ["HUP", "KILL", "USR1", "WINCH", "TERM", "32"]);
    assert.deepEqual(sorted("fate", "inside"), ["HUP", "USR1", "TERM", "WINCH", "KILL", "32"]);
    assert.equal(signalList(TABLE, process, "15", { sort: "fate" })[0].signal.short, "TERM");
  });

  it("shows each one's fate and the chosen one's reason", () => {
    const choices = signalList(TABLE, process, "");
    const handlers = {
      onQuery: none,
      onSort: none,
      onAt: none,
      onMove: none,
      onEnter: none,
      onPick: none,
      onClose: none,
    };
    const shown = findView({ choices, at: 3, query: "", sort: "fate", role: "driver", to: "1 python3" }, 0, handlers);
    assert.match(wordsOf(shown), /15 TERM Means TERM\. dropped/);
    assert.match(wordsOf(shown), /28 WINCH Means WINCH\. waits ?\? ?, likely/);
    assert.match(wordsOf(shown), /Enter sends SIGTERM to 1 python3\. It is dropped\. Somebody\.$/);
    assert.match(flat(shown), /aria-pressed=true [^>]*>fate/);
  });
});

describe("a stop's forecast", () => {
  const told = () => story().running().stopForecast(1);
  const choice = /** @type {any} */ ({ wait: "own", seconds: "", signal: "" });
  /** @param {any} forecast @param {"driver"|"viewer"} [role] @param {string} [failed] */
  const slot = (forecast, role = "driver", failed = "") =>
    wordsOf(
      stopView({ target: of(told()), choice, signals: [], role, asked: false, failed, forecast }, 0, {
        onStop: none,
        onChoice: none,
      }),
    );

  it("stands in the slot with its reason, for those who watch too", () => {
    const { stopForecast } = of(told());
    assert.match(slot(stopForecast), /Would be killed after 10 s PID 1 drops SIGTERM\.$/);
    assert.match(slot(stopForecast, "viewer"), /^Read-only Would be killed after 10 s PID 1 drops SIGTERM\.$/);
    assert.match(slot(stopForecast, "driver", "the stop failed: gone"), /the stop failed: gone$/);
    assert.match(slot(null), /SIGTERM, then SIGKILL after 10 s$/);
  });

  it("is never said as more than it is", () => {
    const say = (/** @type {object} */ fields) => slot({ ...of(told()).stopForecast, ...fields });
    assert.match(say({ sure: false }), /Likely killed after 10 s/);
    assert.match(say({ timeoutS: 0 }), /Would be killed at once/);
    assert.match(say({ outcome: "at_once", sure: true }), /Would stop at once/);
    assert.match(say({ outcome: "handler_decides", say: "The handler decides", sure: false }), /The handler decides/);
    assert.match(say({ outcome: "unknown", say: "Nobody can tell", sure: false }), /Nobody can tell/);
  });

  /** @param {Target} target @param {boolean} [drives] */
  const panel = (target, drives = false) =>
    wordsOf(
      resultView(
        {
          ...{ result: null, run: /** @type {any} */ ({ status: "running" }), target, root: null, experiment: null },
          ...{ question: "", equivalent: "", copied: null, forecast: target.stop ? null : target.stopForecast },
          drives,
        },
        ms(5),
        { onCopy: none, onRehearse: none },
      ),
    );

  it("is told in full in the result's place: sentence, reason, facts, help, and how sure it is", () => {
    assert.equal(
      panel(of(told())),
      "Forecast A stop would end in SIGKILL after 10 s. PID 1 drops SIGTERM. python3 has no handler for SIGTERM. " +
        "What would help: Run it with --init. Copy Sure: only the kernel has a say in it. For SIGTERM, timeout 10 s.",
    );
  });

  it("lets the driver try it on a copy where it is not sure, and where there is a container to copy", () => {
    const target = of(told());
    const open = { ...target, containerId: "c0ffee", stopForecast: { ...target.stopForecast, sure: false } };
    const offered = (/** @type {any} */ each, drives = true) => /Rehearse on a copy/.test(panel(each, drives));
    assert.ok(offered(open));
    assert.ok(!offered(open, false), "who watches");
    assert.ok(!offered({ ...open, containerId: null }), "a local target");
    assert.ok(!offered({ ...target, containerId: "c0ffee" }), "what is sure");
  });

  it("is remembered while the stop is under way", () => {
    assert.match(panel(of(told().stop(2, 10))), /^Result Asked to stop.*Foretold: SIGKILL after 10 s\. PID 1 drops/);
  });
});

describe("the kernel's trace in the bar", () => {
  const engine = { state: /** @type {const} */ ("ready"), name: "Docker", version: "20", reason: "", hint: "" };
  /** @param {object} trace @param {string} [kernelLost] */
  const bar = (trace, kernelLost = "") => {
    const health = /** @type {any} */ ({ engine, kernel_trace: trace, viewers: 1 });
    const theme = /** @type {any} */ ("dark");
    const slice = {
      health,
      engineLost: false,
      kernelLost,
      viewers: 1,
      where: "",
      role: /** @type {const} */ ("viewer"),
      theme,
    };
    const handlers = { onMenu: none, onShare: none, onTheme: none, onHelp: none };
    return flat(barView({ ...slice, stage: true }, 0, handlers));
  };

  it("is there, absent with reason and hint, or lost", () => {
    assert.match(bar({ state: "ready", reason: "", where: "probe container" }), /Read by the probe container/);
    assert.match(
      bar({ state: "absent", reason: "not root.", hint: "Use the probe." }),
      /not root\. Use the probe\..*no kernel trace/s,
    );
    assert.match(
      bar({ state: "ready", reason: "" }, "50 records are missing"),
      /50 records are missing.*kernel: no word/s,
    );
  });
});

describe("the fall's marks", () => {
  const base = {
    x: 10,
    lane: /** @type {const} */ ("kernel"),
    text: "long words",
    brief: "short",
    headline: true,
    anchor: /** @type {const} */ ("start"),
  };
  /** @param {object} mark @param {object} [over] @param {"l"|"s"} [size] */
  const drawn = (mark, over = {}, size = "l") => {
    const gaps = { person: null, engine: null, kernel: null, program: null };
    const fall = {
      field: "idle",
      ticks: [],
      life: null,
      dotted: null,
      now: null,
      deadline: null,
      drops: [],
      gaps,
      gapsFrom: {},
    };
    return flat(
      fallView({ fall: /** @type {any} */ ({ ...fall, label: "", marks: [{ ...base, ...mark }], ...over }), size }),
    );
  };

  it("are solid where they were recorded and hollow where they are forecast", () => {
    assert.match(drawn({ shape: "lid" }), /class="fall-lid"/);
    assert.match(drawn({ shape: "lid", hollow: true }), /<rect class="fall-hollow"/);
    assert.match(drawn({ shape: "handle" }), /class="fall-ring".*class="fall-dot"/);
    for (const shape of ["lid", "box", "handle", "cross", "freeze", "thaw"]) {
      assert.doesNotMatch(drawn({ shape, hollow: true }), /fall-(lid|box|ring|dot|x|bars)"/);
    }
  });

  it("have fewer words on a phone", () => {
    assert.match(drawn({ shape: "lid" }), />long words</);
    assert.match(drawn({ shape: "lid" }, {}, "s"), />short</);
    assert.doesNotMatch(drawn({ shape: "lid", brief: "" }, {}, "s"), /<text/);
    const printed = { x: 40, lane: "program", headline: false, brief: undefined, text: `prints “${"x".repeat(60)}”` };
    assert.match(drawn(printed, {}, "s"), />prints “x{14,20}…</); // up to the edge, and no further
    assert.match(drawn(printed), />prints “x{60}”</);
  });

  it("speak once on the upper lanes of a phone, but for the SIGKILL that is due", () => {
    const marks = [
      { ...base, lane: "engine", text: "sends SIGTERM", shape: "dot" },
      { ...base, lane: "engine", text: "sends SIGKILL", shape: "dot" },
      { ...base, lane: "engine", text: "SIGKILL is due", shape: "due" },
    ].map(({ brief: _, ...mark }) => mark);
    const said = (/** @type {"l"|"s"} */ size) =>
      [...drawn({}, { marks }, size).matchAll(/>([^<>]*SIG[^<>]*)</g)].map(([, text]) => text);
    assert.deepEqual(said("l"), ["sends SIGTERM", "sends SIGKILL", "SIGKILL is due"]);
    assert.deepEqual(said("s"), ["sends SIGTERM", "SIGKILL is due"]);
  });

  it("leave room for why a lane has no witness", () => {
    const over = { gaps: { person: null, engine: null, kernel: "no witness", program: null }, gapsFrom: { kernel: 0 } };
    assert.match(drawn({ shape: "lid", hollow: true }, over), /fall-why fall-below[^>]*>no witness/);
    assert.doesNotMatch(drawn({ lane: "person" }, over), /fall-why fall-below/);
  });
});
