import { useLayoutEffect } from "react";
import { t, tIn } from "@/i18n/text";
import { usePreference } from "./table/usePreference";

/** How high a row is, in pixels; `base.css` has the same figures for lists that CSS alone lays out. */
const ROW_HEIGHTS = { compact: 28, normal: 36, comfortable: 44 } as const;

/** How close the rows of tables and lists stand. */
export type Density = keyof typeof ROW_HEIGHTS;

/** The densities to choose from. */
export const DENSITIES: [Density, string][] = [
  ["compact", t("Compact")],
  ["normal", tIn("density", "Normal")],
  ["comfortable", t("Comfortable")],
];

/** What was kept, or the usual density where that is none. */
export const knownDensity = (kept: string): Density =>
  Object.hasOwn(ROW_HEIGHTS, kept) ? (kept as Density) : "normal";

/** The density chosen in this browser; `/theme.js` sets it before the first paint. */
export function useDensity() {
  const [kept, setDensity] = usePreference<string>("density", "normal");
  const density = knownDensity(kept);
  useLayoutEffect(() => document.documentElement.setAttribute("data-density", density), [density]);
  return { density, rowHeight: ROW_HEIGHTS[density], setDensity: (next: Density) => setDensity(next) };
}
