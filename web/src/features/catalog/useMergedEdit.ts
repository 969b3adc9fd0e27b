import { useState } from "react";
import { ApiError } from "@/api/client";
import type { Info } from "@/api/types";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { type Change, type Clash, clashes, difference, merged, same } from "./infoClash";

/** The values as they were when an edit began. */
export interface Snapshot {
  values: Info;
  revision: number;
}

export interface Dispute {
  clashes: Clash[];
  /** Save my version, but leave these keys as they now are. */
  settle: (leave: ReadonlySet<string>) => Promise<boolean>;
  close: () => void;
}

interface Edit {
  /** What my version began as. */
  base: Snapshot;
  mine: Info;
  leave: ReadonlySet<string>;
  /** The newest version known, if that is another one. */
  from?: Snapshot;
  /** The version in which the user has chosen between both. */
  settled?: Info;
}

const TRIES = 4;

/** Where the values come from, and how a change of some is saved; 409 when there is a newer revision. */
interface Source {
  load: () => Promise<Snapshot>;
  write: (change: Change, revision: number) => Promise<unknown>;
}

/** Saves a changed version; when somebody else was faster, both versions come back to be settled. */
export function useMergedEdit({ load, write }: Source) {
  const [dispute, setDispute] = useState<Dispute | null>(null);

  const send = async ({ base, mine, leave, from, settled }: Edit): Promise<boolean> => {
    let now = from ?? base;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const open = clashes(base.values, mine, now.values).filter(
        // What was settled stays so, unless it has changed once more.
        ({ key }) => settled === undefined || !same(settled[key], now.values[key]),
      );
      if (open.length > 0) {
        const seen = now;
        const again = (left: ReadonlySet<string>) =>
          change.mutateAsync({
            base,
            mine,
            leave: new Set([...leave, ...left]),
            from: seen,
            settled: seen.values,
          });
        setDispute({ clashes: open, settle: again, close: () => setDispute(null) });
        return false;
      }
      const wanted = merged(base.values, mine, now.values, leave);
      try {
        if (!same(now.values, wanted)) await write(difference(now.values, wanted), now.revision);
        setDispute(null);
        return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
      }
      now = await load();
    }
    throw new Error(t("Others are changing this all the time; try again in a moment."));
  };

  const change = useChange(send);
  return {
    dispute,
    /** Whether it is saved; if not, the dispute has to be settled. A base that is older than now is told apart. */
    save: (base: Snapshot, mine: Info, now?: Snapshot) =>
      change.mutateAsync({ base, mine, leave: new Set(), ...(now ? { from: now } : {}) }),
  };
}
