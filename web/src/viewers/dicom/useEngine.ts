import { useEffect, useMemo, useState } from "react";
import { Engine, startEngine } from "./engine";
import { Pane } from "./pane";

const STACKS = 9;

/** The engine while this is mounted, and a pane for every cell there may be. */
export function useEngine() {
  const [engine, setEngine] = useState<Engine | null>(null);
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
        opened = new Engine();
        setEngine(opened);
      })
      .catch((error: Error) => setProblem(error));
    return () => {
      gone = true;
      opened?.close();
      setEngine(null);
    };
  }, []);
  if (problem) throw problem;
  return { engine, stacks, planes };
}
