import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alikeOf, fourAnswers } from "../../../static/js/selectors/index.js";
import { flat, wordsOf } from "./flat.js";

const { referenceHead, referenceView } = await import("../../../static/js/views/reference.js");
const { oneView } = await import("../../../static/js/views/reference_one.js");
const { stateView } = await import("../../../static/js/views/reference_state.js");

const none = () => undefined;
/** @type {import("../../../static/js/wire/types.js").Signal} */
const TERM = {
  ...{ name: "SIGTERM", short: "TERM", number: 15, default: "terminate", catchable: true, group: "leave" },
  ...{ meaning: "Please end.", used_by: "kill." },
};
/** @type {import("../../../static/js/wire/types.js").ForecastGroup} */
const DROPPED = { fate: "dropped", rule: "protected", why: "It is PID 1.", sure: true, signals: "4000" };
const CAME = {
  is: /** @type {const} */ ("told"),
  sign: "f-drop",
  brief: "dropped: no handler",
  text: "Dropped: it is PID 1.",
  atMs: 0,
  event: 43,
};
const ROW = { signal: TERM, reserved: false, exact: false, found: [] };

const table = (over = {}) =>
  referenceView(
    {
      ...{ rows: [ROW], chosen: "SIGTERM", fates: [DROPPED], cames: [CAME], to: "1 python3", alive: true },
      ...{ role: /** @type {const} */ ("driver"), query: "", ...over },
    },
    0,
    { onChoose: none, onSend: none, onQuery: none },
  );
const one = (over = {}) =>
  oneView(
    {
      ...{
        signal: TERM,
        reserved: false,
        answers: fourAnswers(TERM),
        read: true,
        seen: [],
        group: DROPPED,
        came: CAME,
      },
      ...{ to: "1 python3", alive: true, run: "r1", commands: ["kill -s TERM 7"], copied: null },
      senders: [
        { who: "kill", when: "when no signal is named", source: { title: "kill(1)", url: "https://man7.org/x" } },
      ],
      programs: alikeOf([
        {
          program: "systemd",
          kind: "stays",
          text: "starts itself anew",
          source: { title: "systemd(1)", url: "https://a.org" },
        },
        {
          program: "nginx",
          kind: "ends",
          text: "ends",
          source: { title: "Controlling nginx", url: "https://nginx.org" },
        },
        {
          program: "socat",
          kind: "ends",
          text: "ends",
          source: { title: "measured by this lab: docs/accuracy.md", url: "" },
        },
      ]),
      role: /** @type {const} */ ("driver"),
      ...over,
    },
    0,
    { onSend: none, onCopy: none, onBack: none },
  );

describe("the table of the reference", () => {
  it("shows the forecast, a Send and what came of it", () => {
    const words = wordsOf(table());
    assert.match(words, /15 SIGTERM ends it yes dropped Send dropped: no handler Please end\./);
    assert.match(flat(table()), /aria-label=Send SIGTERM/);
  });
  it("has no Send for viewers, and none that works when the target has ended", () => {
    assert.doesNotMatch(flat(table({ role: "viewer" })), /sigs-send/);
    assert.match(flat(table({ alive: false, fates: [null] })), /\?disabled=true/);
    assert.match(flat(table()), /\?disabled=false/);
  });
  it("has no column for nobody", () => {
    assert.doesNotMatch(flat(table({ to: "" })), /sigs-would|sigs-send|sigs-came/);
  });
  it("cannot send what the C library keeps", () => {
    const kept = {
      ...ROW,
      signal: { ...TERM, name: "SIG32", short: "32", number: 32, group: "reserved" },
      reserved: true,
    };
    assert.doesNotMatch(flat(table({ rows: [kept], fates: [null], cames: [null] })), /sigs-send/);
    assert.match(wordsOf(table({ rows: [kept], fates: [null], cames: [null] })), /kept by the C library/);
  });
  it("says where likely is not sure", () => {
    assert.match(wordsOf(table({ fates: [{ ...DROPPED, sure: false }] })), /dropped \? ?, likely/);
  });
  it("says what can be searched when nothing was found", () => {
    assert.match(wordsOf(table({ rows: [], query: "zzz" })), /No signal for “zzz”.*Show all of them/);
  });
});

describe("the chosen one", () => {
  it("has each sender and program with its source", () => {
    const text = flat(one());
    assert.match(text, /href=https:\/\/man7\.org\/x target="_blank" rel="noreferrer noopener"/);
    assert.match(wordsOf(one()), /systemd starts itself anew systemd\(1\)/);
    assert.match(wordsOf(one()), /Ends: nginx ?, socat \(measured by this lab: docs\/accuracy\.md\)/);
  });
  it("links what came of it to the event that says it", () => {
    assert.match(flat(one()), /href=\/runs\/r1#e43/);
  });
  it("tells a viewer who sends, and offers no button", () => {
    assert.match(wordsOf(one({ role: "viewer" })), /Read-only: the driver sends/);
    assert.doesNotMatch(flat(one({ role: "viewer" })), /Send SIGTERM/);
    assert.match(flat(one()), /aria-label=Send SIGTERM/);
  });
  it("says that an ended target hears nothing", () => {
    assert.match(wordsOf(one({ alive: false, group: null })), /nothing reaches it any more/);
  });
});

describe("whom the column is about", () => {
  /** @type {import("../../../static/js/views/reference_state.js").StateSlice} */
  const line = {
    choices: 1,
    wanted: "r1.server",
    name: "server",
    who: "1 python3",
    isInit: true,
    status: "running",
    ended: "",
    run: "r1",
    role: "driver",
  };
  const words = (over = {}, origin = /** @type {"outside"|null} */ (null)) =>
    wordsOf(stateView({ line: { ...line, ...over }, origin }, 0, { onFrom: none }));
  it("is said in every state", () => {
    assert.match(words(), /To 1 python3 , PID 1 of its namespace.*Send goes to it/);
    assert.match(words({}, "outside"), /from outside inside/);
    assert.match(words({ role: "viewer" }), /Read-only/);
    assert.match(words({ choices: null, wanted: "" }), /Looking for targets/);
    assert.match(words({ choices: 0, wanted: "" }), /Nothing is running\. Start something under Experiments/);
    assert.match(words({ choices: 0, wanted: "", role: "viewer" }), /When the driver starts something/);
    assert.match(words({ status: "exited", ended: "was ended by SIGKILL", who: "" }), /server was ended by SIGKILL\./);
    assert.match(words({ name: "", run: "" }), /not there any more/);
    assert.match(words({ who: "" }), /Reading the processes of server/);
  });
  it("can be chosen above it, the ended one still in the list", () => {
    const choices = [{ id: "r1.server", name: "server", run: /** @type {any} */ ({ number: 1, title: "PID 1" }) }];
    const head = referenceHead({ count: 62, query: "", hits: 64, choices, wanted: "r1.server", ended: true }, 0, {
      onQuery: none,
      onFirst: none,
      onTarget: none,
    });
    assert.match(wordsOf(head), /62 signals.*server, run 1: PID 1 \(ended\)/);
  });
});
