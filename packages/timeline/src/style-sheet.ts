/** The style of the element. Every colour is a custom property that a page may set on `token-timeline`. */
export const styleSheet = `
:host {
  --timeline-surface: #ffffff;
  --timeline-line: #dde3dd;
  --timeline-ink: #17211c;
  --timeline-quiet: #56635b;
  --timeline-good: #1d6b4b;
  --timeline-warn: #b07812;
  --timeline-warn-ink: #8a5a00;
  --timeline-bad: #a6281f;
  --timeline-accent: #1d6b4b;
  display: block;
  color-scheme: light dark;
  min-inline-size: 0;
  padding: 1rem 1.125rem;
  border: 1px solid var(--timeline-line);
  border-radius: 14px;
  background: var(--timeline-surface);
  color: var(--timeline-ink);
  font: 0.9375rem/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  overflow-wrap: anywhere;
}
@media (prefers-color-scheme: dark) {
  :host {
    --timeline-surface: #171e1b;
    --timeline-line: #2f3b35;
    --timeline-ink: #e7eeea;
    --timeline-quiet: #9db0a5;
    --timeline-good: #74d3a4;
    --timeline-warn: #e8bd6a;
    --timeline-warn-ink: #e8bd6a;
    --timeline-bad: #ff9c8f;
    --timeline-accent: #74d3a4;
  }
}
@media (forced-colors: active) {
  :host {
    --timeline-surface: Canvas;
    --timeline-line: GrayText;
    --timeline-ink: CanvasText;
    --timeline-quiet: CanvasText;
    --timeline-good: Highlight;
    --timeline-warn: CanvasText;
    --timeline-warn-ink: CanvasText;
    --timeline-bad: CanvasText;
    --timeline-accent: Highlight;
  }
  svg, .state::before { forced-color-adjust: none; }
}
:host([hidden]), [hidden] { display: none; }
.frame { display: grid; gap: 0.5rem; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 0.875rem; }
.head strong { font-size: 1.0625rem; letter-spacing: -0.01em; }
.state { display: inline-flex; align-items: center; gap: 0.4375rem; color: var(--tone); font-weight: 600; }
.state::before { inline-size: 0.5625rem; block-size: 0.5625rem; border-radius: 50%; background: currentcolor; content: ''; }
.good { --tone: var(--timeline-good); }
.warn { --tone: var(--timeline-warn-ink); }
.bad { --tone: var(--timeline-bad); }
.quiet { --tone: var(--timeline-quiet); }
.state.quiet::before { box-sizing: border-box; border: 2px solid currentcolor; background: none; }
.state.busy::before { animation: busy 1s ease-in-out infinite alternate; }
@keyframes busy { to { opacity: 0.25; } }
.left { margin-inline-start: auto; color: var(--timeline-quiet); font-variant-numeric: tabular-nums; }
p { margin: 0; }
.next, .legend, details { color: var(--timeline-quiet); font-size: 0.875rem; }
.drawing { min-inline-size: 0; margin-block-start: 0.25rem; }
svg { display: block; overflow: visible; }
.label { fill: var(--timeline-quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
.label.strong { fill: var(--timeline-ink); font-weight: 600; }
.over { fill: var(--timeline-line); transition: width 1s linear; }
.stretch.safe { fill: var(--timeline-good); }
.stretch.advisory { fill: url(#hatch-advisory); }
.stretch.mandatory { fill: var(--timeline-warn); }
.stretch.rejected { fill: url(#hatch-rejected); }
.stretch.back-off { fill: var(--timeline-bad); }
.stretch.claim { fill: url(#hatch-wait); }
.ground.advisory { fill: var(--timeline-good); }
.line.advisory { fill: var(--timeline-warn); }
.ground.rejected, .ground.wait { fill: var(--timeline-surface); }
.line.rejected { fill: var(--timeline-bad); }
.line.wait { fill: var(--timeline-warn); }
.future { fill: var(--timeline-surface); opacity: 0.6; }
.axis { stroke: var(--timeline-line); }
.now { stroke: var(--timeline-ink); stroke-width: 1.5; }
.stem { stroke: var(--timeline-quiet); opacity: 0.6; }
.target { fill: transparent; }
.mark { fill: var(--tone); stroke: var(--timeline-surface); stroke-width: 1.5; paint-order: stroke; }
.mark.hollow { fill: var(--timeline-surface); stroke: var(--tone); stroke-width: 2; paint-order: normal; }
li svg { flex: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.125rem 0.875rem; margin: 0; padding: 0; list-style: none; font-size: 0.8125rem; }
.legend li { display: inline-flex; align-items: center; gap: 0.3125rem; }
summary { inline-size: fit-content; border-radius: 4px; cursor: pointer; }
summary:focus-visible { outline: 3px solid var(--timeline-accent); outline-offset: 2px; }
details p, ol { margin: 0.375rem 0 0; }
ol { display: grid; gap: 0.25rem; padding: 0; list-style: none; font-variant-numeric: tabular-nums; }
@media (forced-colors: active) {
  .over { fill: Canvas; stroke: GrayText; stroke-width: 2; }
}
@media (prefers-reduced-motion: reduce) {
  .over { transition: none; }
  .state.busy::before { animation: none; }
}
`
