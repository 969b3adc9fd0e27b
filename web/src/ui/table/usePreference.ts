import { useLocalStorage } from "@mantine/hooks";

const PREFIX = "treadle.";

/** What this user prefers in this browser: widths and columns, density, queries run before. */
export function usePreference<T>(key: string, initial: T) {
  return useLocalStorage<T>({
    key: `${PREFIX}${key}`,
    defaultValue: initial,
    getInitialValueInEffect: false,
  });
}

/** Take it out of this browser. */
export const forget = (key: string): void => localStorage.removeItem(PREFIX + key);
