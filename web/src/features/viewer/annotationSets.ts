import { ApiError, api } from "@/api/client";
import { t } from "@/i18n/text";

export const PATH = "/v3/annotations";

/** Does one thing after the other: what is written next must know the revision of what was written before. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** Write a measurement set, in the place of the one that is known or as a new one. */
export async function writeSet<T>(
  known: { _id: string; revision: number } | undefined,
  said: object | FormData,
): Promise<T> {
  const form = said instanceof FormData;
  try {
    if (!known) return await (form ? api.form<T>(PATH, said) : api.post<T>(PATH, said));
    const path = `${PATH}/${known._id}`;
    return await (form
      ? api.putForm<T>(path, said, known.revision)
      : api.put<T>(path, said, undefined, known.revision));
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 409) {
      throw new Error(t("This was changed in another window. Reload to go on with what is there."));
    }
    throw problem;
  }
}
