import { useLocalStorage } from "@mantine/hooks";

/** What this user prefers in this browser (column widths, hidden columns); never data. */
export function usePreference<T>(key: string, initial: T) {
  return useLocalStorage<T>({ key: `treadle.${key}`, defaultValue: initial, getInitialValueInEffect: false });
}
