// Sets theme and density before the first paint; the app itself takes over afterwards.
(() => {
  const chosen = localStorage.getItem("mantine-color-scheme-value");
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const density = (localStorage.getItem("treadle.density") ?? "normal").replaceAll('"', "");
  document.documentElement.setAttribute("data-density", density);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
