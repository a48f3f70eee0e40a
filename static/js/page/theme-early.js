// Before the first paint: a classic script in the head, because the page's policy allows no inline script and a
// module would run too late.  `theme.js` writes the same key.
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden in this browser: the system's theme it is.
}

// Presenter mode as well, so that nothing jumps; `pages/stage/present.js` asks the same.
if (
  document.currentScript?.dataset.page === "stage" &&
  new URLSearchParams(location.search).has("stage") &&
  matchMedia("(min-width: 48rem) and (min-aspect-ratio: 1/1)").matches
)
  document.documentElement.dataset.present = "";
