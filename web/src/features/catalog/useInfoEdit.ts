import { useState } from "react";
import { ApiError, api } from "@/api/client";
import type { Info } from "@/api/types";
import { useChange } from "@/api/useChange";
import { type Clash, clashes, difference, merged, same } from "./infoClash";
import type { Place } from "./place";

/** The metadata as it was when an edit began. */
export interface Snapshot {
  info: Info;
  revision: number;
}

export interface Dispute {
  clashes: Clash[];
  /** Save my version, but leave these keys as they now are. */
  settle: (leave: ReadonlySet<string>) => Promise<unknown>;
  close: () => void;
}

const TRIES = 4;

/** Saves a changed version; when somebody else was faster, both versions come back to be settled. */
export function useInfoEdit(place: Place) {
  const [dispute, setDispute] = useState<Dispute | null>(null);

  const send = async (base: Snapshot, mine: Info, leave: ReadonlySet<string>, seen?: Snapshot) => {
    let now = seen ?? base;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const wanted = merged(base.info, mine, now.info, leave);
      if (same(now.info, wanted)) return setDispute(null);
      try {
        await api.patch(`${place.path}/info`, difference(now.info, wanted), now.revision);
        return setDispute(null);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
      }
      const theirs = await api.get<Snapshot>(place.path);
      const open = clashes(base.info, mine, theirs.info).filter(
        // What was settled stays so, unless it has changed once more.
        ({ key }) => seen === undefined || !same(seen.info[key], theirs.info[key]),
      );
      if (open.length > 0) {
        setDispute({
          clashes: open,
          settle: (left) =>
            change.mutateAsync({ base, mine, leave: new Set([...leave, ...left]), seen: theirs }),
          close: () => setDispute(null),
        });
        return;
      }
      // Only other things changed: mine goes on top of them.
      now = theirs;
    }
    throw new Error("Others are changing this all the time; try again in a moment.");
  };

  const change = useChange(
    (input: { base: Snapshot; mine: Info; leave: ReadonlySet<string>; seen?: Snapshot }) =>
      send(input.base, input.mine, input.leave, input.seen),
  );
  return {
    dispute,
    save: (base: Snapshot, mine: Info) => change.mutateAsync({ base, mine, leave: new Set() }),
  };
}
