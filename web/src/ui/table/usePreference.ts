import { useLocalStorage } from "@mantine/hooks";

/** What this user prefers in this browser: widths and columns, density, queries run before. */
export function usePreference<T>(key: string, initial: T) {
  return useLocalStorage<T>({ key: `treadle.${key}`, defaultValue: initial, getInitialValueInEffect: false });
}
