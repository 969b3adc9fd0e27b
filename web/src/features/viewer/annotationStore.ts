import { ApiError, api } from "@/api/client";
import type { Roi } from "@/viewers/rois/roi";
import type { RoiStore } from "@/viewers/rois/store";
import { fromWire, toWire, type WireSet } from "@/viewers/rois/wire";

const PATH = "/v3/annotations";
const NAME = "Measurements";

interface Author {
  _id: string;
  firstname: string | null;
  lastname: string | null;
}

/** A measurement set as the server answers it. */
interface AnnotationSet {
  _id: string;
  name: string;
  author: string;
  version: number;
  revision: number;
  draft: boolean;
  data: WireSet;
  "join-origin"?: { user: Record<string, Author> };
}

const nameOf = (set: AnnotationSet): string => {
  const author = set["join-origin"]?.user[set.author];
  return [author?.firstname, author?.lastname].filter(Boolean).join(" ") || set.author;
};

/** One measurement set of the user's own for each file version: drafts as one works, versions when one says so. */
export class AnnotationStore implements RoiStore {
  readonly #me: string;
  readonly #sets = new Map<string, AnnotationSet>();

  constructor(me: string) {
    this.#me = me;
  }

  async load(fileId: string, version: number): Promise<Roi[]> {
    const found = await api.get<AnnotationSet[] | { results: AnnotationSet[] }>(PATH, {
      file_id: fileId,
      version,
      join_origin: true,
    });
    const sets = Array.isArray(found) ? found : found.results;
    const own = sets.find((set) => set.author === this.#me && set.name === NAME);
    if (own) this.#sets.set(`${fileId}:${version}`, own);
    const there = { file_id: fileId, version };
    return sets
      .flatMap((set) => fromWire(set.data, set === own ? undefined : nameOf(set)))
      .map((roi) => ({ ...roi, ref: { ...roi.ref, ...there } }));
  }

  async save(fileId: string, version: number, rois: Roi[]): Promise<void> {
    const key = `${fileId}:${version}`;
    const known = this.#sets.get(key);
    const said = { name: NAME, draft: true, data: toWire(rois) };
    this.#sets.set(
      key,
      known
        ? await this.#put(known, said)
        : await api.post<AnnotationSet>(PATH, { ...said, file_ref: { file_id: fileId, version } }),
    );
  }

  async publish(): Promise<void> {
    for (const [key, set] of this.#sets) {
      if (set.draft) this.#sets.set(key, await this.#put(set, { draft: false, data: set.data }));
    }
  }

  async #put(set: AnnotationSet, said: object): Promise<AnnotationSet> {
    try {
      return await api.put<AnnotationSet>(`${PATH}/${set._id}`, said, undefined, set.revision);
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 409) {
        throw new Error(
          "These measurements were changed in another window. Reload to go on with what is there.",
        );
      }
      throw problem;
    }
  }

  told() {
    const draft = [...this.#sets.values()].some((set) => set.draft);
    return { words: draft ? "Draft kept; only you see it" : "All is saved", draft };
  }
}
