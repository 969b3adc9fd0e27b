import { useEffect } from "react";

/** Calls `next` so many times a second while playing. */
export function useCine(playing: boolean, perSecond: number, next: () => void): void {
  useEffect(() => {
    if (!playing) return undefined;
    const timer = window.setInterval(next, 1000 / perSecond);
    return () => window.clearInterval(timer);
  }, [playing, perSecond, next]);
}
