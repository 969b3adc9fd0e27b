import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

export interface Crumb {
  label: string;
  href?: string;
}

const Shown = createContext<Crumb[]>([]);
const Change = createContext<(crumbs: Crumb[]) => void>(() => {});

/** Carries the open page's place in the hierarchy to the top bar. */
export function CrumbsProvider({ children }: { children: ReactNode }) {
  const [crumbs, setCrumbs] = useState<Crumb[]>([]);
  return (
    <Change value={setCrumbs}>
      <Shown value={crumbs}>{children}</Shown>
    </Change>
  );
}

export const useShownCrumbs = () => useContext(Shown);

/** Say where this page is, outermost first; the last one is the page itself. */
export function useCrumbs(crumbs: Crumb[]): void {
  const change = useContext(Change);
  const text = JSON.stringify(crumbs);
  const stable = useMemo(() => JSON.parse(text) as Crumb[], [text]);
  useEffect(() => {
    change(stable);
    return () => change([]);
  }, [change, stable]);
}
