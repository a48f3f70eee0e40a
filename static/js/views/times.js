/**
 * The end of a race: the chart of stop times in the place of the board, whose processes are gone, and one sentence over
 * all lanes for the verdict's slot.  Who wants the board back presses a button, in the same place.
 */

import { html, nothing, svg } from "../lit.js";
import { linkTo } from "../words/address.js";
import { shortened } from "../words/text.js";
import { adviceView, proofs } from "./verdict.js";

/** @import { Bar, Chart } from "../selectors/race_chart.js" */
/** @import { RaceWords } from "../selectors/race_sentence.js" */

/** @typedef {"l"|"m"|"none"} TimesSize  from matchMedia; none: a phone, the names stand above their bars */

const AXIS = 26;
const SIZES = {
  l: { room: 214, most: 46, left: 24, name: 26, place: 62 },
  m: { room: 206, most: 44, left: 25, name: 25, place: 58 },
  none: { room: 360, most: 56, left: 0, name: 40, place: 0 },
};
const INSIDE = 62; // from here on the number stands in the bar

const NEAR = 18; // and before a line that it would stand on

const percent = (/** @type {number} */ x) => `${x.toFixed(2)}%`;

/** @param {Bar} bar @param {number} at @param {number} row @param {typeof SIZES["l"]} size */
const barView = (bar, at, row, { left, name: longest, place: indent }) => {
  const x = (/** @type {number} */ of) => percent(left + (of * (100 - left)) / 100);
  const above = left === 0 ? 20 : 0;
  const [top, height] = [at * row + above + 3, row - above - 8];
  const base = top + height / 2 + 6;
  const inside = bar.x > INSIDE;
  const lines = [bar.deadline, bar.before].filter((of) => of !== null && of < bar.x && of > bar.x - NEAR);
  const end = inside ? Math.min(bar.x, .../** @type {number[]} */ (lines)) : Math.max(bar.x, bar.before ?? 0);
  const name = shortened(bar.name, longest);
  const [place, tie] = bar.place.split(",");
  const label = left
    ? svg`<text class="times-place" x="0" y=${base}>${place}${tie ? "=" : ""}</text><text x=${indent} y=${base}>${name}</text>`
    : svg`<text x="0" y=${at * row + 16}>${[bar.place, name].filter(Boolean).join(" · ")}</text>`;
  return svg`${label}
    <rect class=${`times-bar times-${bar.how}`} x=${x(0)} width=${percent((bar.x * (100 - left)) / 100)} y=${top} height=${height}/>
    ${bar.deadline === null ? nothing : ["times-under", "times-deadline"].map((name) => svg`<line class=${name} x1=${x(bar.deadline ?? 0)} x2=${x(bar.deadline ?? 0)} y1=${top - 4} y2=${top + height + 4}/>`)}
    ${bar.before === null ? nothing : svg`<line class=${bar.before <= bar.x ? "times-was" : "times-was times-out"} x1=${x(bar.before)} x2=${x(bar.before)} y1=${top - 2} y2=${top + height + 2}/>`}
    <svg x=${x(end)} y="0" overflow="visible"><text class=${inside ? "times-on" : "times-off"} x=${inside ? -12 : 12} y=${base}>${bar.text}</text></svg>`;
};

/** For who cannot see it. @param {Chart} chart */
const tableView = ({ bars, before }) => html`<table class="vh"><caption>Stop times in the order of their ends</caption>
  <thead><tr><th scope="col">Place</th><th scope="col">Lane</th><th scope="col">Stop time</th><th scope="col">Timeout</th>${before === null ? nothing : html`<th scope="col">Run ${before}, before</th>`}</tr></thead>
  <tbody>${bars.map((bar) => html`<tr><td>${bar.place || "none"}</td><th scope="row">${bar.name}</th><td>${bar.text}</td><td>${bar.timeout}</td>${before === null ? nothing : html`<td>${bar.beforeText || "unknown"}</td>`}</tr>`)}</tbody></table>`;

/**
 * @param {{chart: Chart, size: TimesSize, open: boolean}} slice - `open`: false: the board is shown
 * @param {number} _nowMs
 * @param {{onTimes: (open: boolean) => void}} handlers
 */
export const timesView = ({ chart, size, open }, _nowMs, { onTimes }) => {
  if (!open)
    return html`<section class="times" data-shut aria-label="Stop times"><button class="btn" type="button" @click=${() => onTimes(true)}>Stop times</button></section>`;
  const { bars, ticks, before, label } = chart;
  const look = SIZES[size];
  const row = Math.min(look.most, Math.floor(look.room / bars.length));
  const height = bars.length * row;
  const x = (/** @type {number} */ of) => percent(look.left + (of * (100 - look.left)) / 100);
  return html`<section class="times" aria-label="Stop times">
    <header class="times-head"><h2>Stop times</h2><p>bar: this run${before === null ? nothing : html`; tick: <a href=${linkTo(`/runs/r${before}`)}>run ${before}</a>, before`}; line: the timeout</p>
      <button class="btn" type="button" @click=${() => onTimes(false)}>Processes</button></header>
    <div class="times-box" tabindex="0" role="group" aria-label="Chart"><svg class="times-chart" width="100%" height=${height + AXIS} role="img" aria-label=${label}>
      ${ticks.map((tick, at) => svg`<line class="times-grid" x1=${x(tick.x)} x2=${x(tick.x)} y1="0" y2=${height}/><text class="times-tick" x=${x(tick.x)} y=${height + 19} text-anchor=${at || look.left ? "middle" : "start"}>${tick.label}${at === ticks.length - 1 ? " s" : ""}</text>`)}
      ${bars.map((bar, at) => barView(bar, at, row, look))}
    </svg></div>${tableView(chart)}
  </section>`;
};

/** In the verdict's slot, above the verdict on the chosen lane. @param {RaceWords} words @param {string|null} copied @param {(text: string) => void} onCopy */
export const raceSaysView = (
  { say, more, proofs: proven, fix },
  copied,
  onCopy,
) => html`<div class="result-all result-race">
    <p class="result-say">${say}</p>
    ${more.length ? html`<p class="result-why">${more.join(" ")}</p>` : nothing}
    ${proven.length ? html`<p class="result-brief">Proof: ${proven.map(({ name, ids }, at) => html`${at ? "; " : ""}${name}${proofs(ids)}`)}</p>` : nothing}
    ${fix ? html`<p><b>Fix for “${fix.name}”:</b></p>${adviceView(fix.advice, copied, onCopy)}` : nothing}
  </div>`;
