import { useLayoutEffect } from "react";

const ATTRIBUTE = "data-mantine-color-scheme";

/** The page is dark while this is mounted, whatever theme the user has. */
export function useDarkPage(): void {
  useLayoutEffect(() => {
    const root = document.documentElement;
    const before = root.getAttribute(ATTRIBUTE) ?? "light";
    root.setAttribute(ATTRIBUTE, "dark");
    return () => root.setAttribute(ATTRIBUTE, before);
  }, []);
}
