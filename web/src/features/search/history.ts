import { useMe } from "@/api/queries";
import { forget, usePreference } from "@/ui/table/usePreference";

const MOST = 50;
const NONE: string[] = [];

/** The queries run before and this one, latest first, none twice. */
export function withLatest(past: string[], query: string): string[] {
  const text = query.trim();
  return text ? [text, ...past.filter((one) => one !== text)].slice(0, MOST) : past;
}

const keyOf = (userId: string) => `queries.${userId}`;

/** Take a user's queries out of this browser. */
export const forgetHistory = (userId: string) => forget(keyOf(userId));

/** The queries that this user ran in this browser, and how one more is kept. */
export function useHistory() {
  const { user } = useMe();
  const [past, setPast] = usePreference(keyOf(user._id), NONE);
  return { past, keep: (query: string) => setPast((old) => withLatest(old, query)) };
}
