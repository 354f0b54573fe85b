// The reader's own text size, colours, spacing and language, put on before anything is drawn. They are kept in this browser
// only, and nothing is kept until something was chosen. A classic script: a module would run too late.
"use strict";

globalThis.appearance = (() => {
  const PLACE = "reading-aids";
  const FIRST = { size: 100, theme: "auto", spacing: false, still: false, keys: true, language: "" };
  const root = document.documentElement;
  const darkens = matchMedia("(prefers-color-scheme: dark)");
  const strengthens = matchMedia("(prefers-contrast: more)");

  // Gradio would call the page's language that of the browser, whatever language the page is in.
  const language = root.lang;
  new MutationObserver(() => {
    if (root.lang !== language) root.lang = language;
  }).observe(root, { attributes: true, attributeFilter: ["lang"] });

  // A browser that keeps nothing (private windows, some frames) throws; the aids then last as long as the page.
  let chosen = { ...FIRST };
  try {
    chosen = { ...FIRST, ...JSON.parse(localStorage.getItem(PLACE) ?? "{}") };
  } catch {
    // as it was at first
  }

  function theme() {
    if (chosen.theme !== "auto") return chosen.theme;
    if (strengthens.matches) return "contrast";
    return darkens.matches ? "dark" : "light";
  }

  function apply() {
    root.dataset.theme = theme();
    root.dataset.spacing = chosen.spacing ? "wide" : "normal";
    root.dataset.motion = chosen.still ? "still" : "auto";
    root.dataset.size = chosen.size >= 200 ? "huge" : "normal";
    root.style.setProperty("--text-size", chosen.size / 100);
    // Gradio's own colours, for the few of its parts that this page leaves as they are.
    document.body?.classList.toggle("dark", theme() !== "light");
  }

  function change(changes) {
    chosen = { ...chosen, ...changes };
    try {
      localStorage.setItem(PLACE, JSON.stringify(chosen));
    } catch {
      // not kept, but shown
    }
    apply();
  }

  // Paper is white, whatever the screen is.
  addEventListener("beforeprint", () => (root.dataset.theme = "light"));
  addEventListener("afterprint", apply);
  darkens.addEventListener("change", apply);
  strengthens.addEventListener("change", apply);
  apply();

  const address = new URL(location.href);
  if (chosen.language && chosen.language !== root.lang && !address.searchParams.has("lang")) {
    address.searchParams.set("lang", chosen.language);
    location.replace(address);
  }
  return { now: () => ({ ...chosen }), first: () => ({ ...FIRST, language: chosen.language }), change, apply };
})();
