/** A file somebody chose, with its path below the folder that was chosen or dropped. */
export interface Chosen {
  file: File;
  path: string;
}

/** What operating systems leave in folders; nobody means to send it. */
const LEFT_BEHIND = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX)(\/|$)/i;

export function withoutSystemFiles<T extends { path: string }>(chosen: T[]): T[] {
  return chosen.filter(({ path }) => !LEFT_BEHIND.test(path));
}

/** Containers hold files by name: those of one name in several folders get their folders in front. */
export function fileNames(paths: string[]): string[] {
  const bare = paths.map((path) => path.slice(path.lastIndexOf("/") + 1));
  const times = new Map<string, number>();
  for (const name of bare) times.set(name, (times.get(name) ?? 0) + 1);
  return paths.map((path, at) => {
    const name = bare[at] ?? path;
    return (times.get(name) ?? 0) > 1 ? path.replaceAll("/", "_") : name;
  });
}
