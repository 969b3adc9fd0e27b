/** Where one stands among earlier texts; `draft` is what was written before the walk began. */
export interface Walk {
  text: string;
  draft: string;
}

/** One step to an older (1) or newer (-1) text, latest first in `past`; newer than all is the draft. */
export function walked(past: string[], { text, draft }: Walk, step: 1 | -1): Walk {
  const here = past.indexOf(text.trim());
  const kept = here < 0 ? text : draft;
  const next = Math.min(here + step, past.length - 1);
  // The draft has nothing newer.
  if (next < -1) return { text, draft: kept };
  return { text: past[next] ?? kept, draft: kept };
}
