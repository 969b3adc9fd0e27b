import { useCallback } from "react";
import { useMe } from "@/api/queries";
import { usePreference } from "@/ui/table/usePreference";

const NONE: string[] = [];

/** The ids with this one added, first, or taken out. */
export const toggled = (pins: string[], id: string): string[] =>
  pins.includes(id) ? pins.filter((one) => one !== id) : [id, ...pins];

/** The ids of the projects that this user pinned in this browser, the latest first. */
export function usePins() {
  const { user } = useMe();
  const [pins, setPins] = usePreference(`pins.${user._id}`, NONE);
  const toggle = useCallback((id: string) => setPins((old) => toggled(old, id)), [setPins]);
  return { pins, toggle };
}
