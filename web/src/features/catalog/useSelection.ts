import { useState } from "react";
import { allIds, type DownloadNode } from "@/api/download";
import type { PagedRows } from "@/api/paging";

interface Selectable {
  level: "subject" | "session";
  /** Where the list comes from, and which of it is shown. */
  path: string;
  filter: string | undefined;
}

/** Rows picked of a list, or all that it finds: what its table, its bar and its actions need to know. */
export function useSelection<T extends { _id: string }>(
  { level, path, filter }: Selectable,
  rows: PagedRows<T>,
) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const choose = (ids: ReadonlySet<string>) => {
    setPicked(ids);
    setEverything(false);
  };
  const ids = async () => (everything ? allIds(path, filter) : [...picked]);
  return {
    selection: { ids: everything ? new Set(rows.rows.map((row) => row._id)) : picked, onChange: choose },
    bar: {
      level,
      total: rows.total,
      filtered: filter !== undefined,
      selected: picked.size,
      everything,
      onEverything: () => {
        setPicked(new Set(rows.rows.map((row) => row._id)));
        setEverything(true);
      },
      onClear: () => choose(new Set()),
    },
    ids,
    nodes: async (): Promise<DownloadNode[]> => (await ids()).map((_id) => ({ level, _id })),
  };
}
