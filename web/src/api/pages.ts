import type { Page } from "@/api/types";

/** Of a list in pages: the key of the last row so far, after which the next page begins; none when all are there. */
export const after =
  <T>(keyOf: (row: T) => string) =>
  (last: Page<T>, pages: Page<T>[]): string | undefined => {
    const shown = pages.reduce((sum, page) => sum + page.count, 0);
    const end = last.results.at(-1);
    return end !== undefined && shown < last.total ? keyOf(end) : undefined;
  };
