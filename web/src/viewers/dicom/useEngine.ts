import { useEffect, useMemo, useReducer, useState } from "react";
import { Engine, lookForGpu, startEngine } from "./engine";
import { Pane } from "./pane";

const STACKS = 9;

/** The engine while this is mounted, and a pane for every cell there may be.
 *
 * There is none while the browser has taken its graphics context away; a new one comes with the context, or by `renew`. */
export function useEngine() {
  const [engine, setEngine] = useState<Engine | null>(null);
  const [lost, setLost] = useState(false);
  const [times, renew] = useReducer((count: number) => count + 1, 0);
  const [problem, setProblem] = useState<Error | null>(null);
  const stacks = useMemo(() => Array.from({ length: STACKS }, (_, at) => new Pane(`stack-${at}`)), []);
  const planes = useMemo(
    () => (["axial", "sagittal", "coronal"] as const).map((plane) => new Pane(plane, plane)),
    [],
  );
  useEffect(() => {
    let opened: Engine | null = null;
    let gone = false;
    startEngine()
      .then(() => {
        if (gone) return;
        if (times > 0) lookForGpu();
        opened = new Engine(() => setLost(true), renew);
        setLost(false);
        setEngine(opened);
      })
      .catch((error: Error) => setProblem(error));
    return () => {
      gone = true;
      opened?.close();
      setEngine(null);
    };
  }, [times]);
  if (problem) throw problem;
  return { engine: lost ? null : engine, lost, renew, stacks, planes };
}
