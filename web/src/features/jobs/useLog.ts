import { useEffect, useState } from "react";
import { apiUrl } from "@/api/client";
import { EMPTY_LOG, grown, type LogRecord, type ShownLog } from "./log";

const GATHER_MS = 150;

export interface Following {
  log: ShownLog;
  /** `lost`: the server does not send it any more and will not by itself. */
  stage: "opening" | "following" | "ended" | "lost";
}

const START: Following = { log: EMPTY_LOG, stage: "opening" };

/** Follows the log of a run; a broken connection goes on where it stopped. */
export function useLog(job: string): Following {
  const [now, setNow] = useState(START);
  useEffect(() => {
    setNow(START);
    let gathered: LogRecord[] = [];
    let timer: number | undefined;
    const source = new EventSource(apiUrl(`/jobs/${encodeURIComponent(job)}/logs/stream`));
    const show = (stage: Following["stage"]) => {
      window.clearTimeout(timer);
      timer = undefined;
      const more = gathered;
      gathered = [];
      setNow((old) => ({ log: more.length > 0 ? grown(old.log, more) : old.log, stage }));
    };
    source.onopen = () => show("following");
    source.addEventListener("log", (event) => {
      gathered.push(...(JSON.parse(event.data) as LogRecord[]));
      timer ??= window.setTimeout(() => show("following"), GATHER_MS);
    });
    source.addEventListener("end", () => {
      source.close();
      show("ended");
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) show("lost");
    };
    return () => {
      source.close();
      window.clearTimeout(timer);
    };
  }, [job]);
  return now;
}
