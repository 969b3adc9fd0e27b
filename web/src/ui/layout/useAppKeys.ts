import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

const PLACES: Record<string, string> = {
  h: "/",
  p: "/projects",
  s: "/search",
  c: "/collections",
  j: "/jobs",
  m: "/misrouted",
  u: "/me",
};
const SECOND_KEY_MS = 1200;

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** `/` search, `?` help, `g` then a letter to go somewhere; never while typing in a field. */
export function useAppKeys(openHelp: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let wentAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const place = PLACES[event.key];
      if (Date.now() - wentAt < SECOND_KEY_MS && place) {
        wentAt = 0;
        void navigate({ to: place });
      } else if (event.key === "g") wentAt = Date.now();
      else if (event.key === "?") openHelp();
      else if (event.key === "/") document.getElementById("global-search")?.focus();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate, openHelp]);
}
