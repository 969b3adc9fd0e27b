/** Queries that show any number of jobs, by the second part of their key; what they show may change with each. */
const OF_MANY = new Set(["/jobs", "/batch", "batch", "lineage", "notifications", "rules"]);
const OF_ONE = "jobs";

/** Whether what this query shows may have changed with these jobs. */
export function showsJobs(key: readonly unknown[], changed: ReadonlySet<string>): boolean {
  const [, what, which] = key;
  if (what === OF_ONE) return changed.has(String(which));
  return typeof what === "string" && OF_MANY.has(what);
}
