import { api } from "@/api/client";
import { t } from "@/i18n/text";
import type { Roi } from "@/viewers/rois/roi";
import type { ExportForm, RoiStore } from "@/viewers/rois/store";
import { fromWire, toWire, type WireSet } from "@/viewers/rois/wire";
import { PATH, Turns, writeSet } from "./annotationSets";

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
  readonly #turns = new Turns();

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

  save(fileId: string, version: number, rois: Roi[]): Promise<void> {
    return this.#turns.take(async () => {
      const key = `${fileId}:${version}`;
      const known = this.#sets.get(key);
      const said = { name: NAME, draft: true, data: toWire(rois) };
      const place = known ? {} : { file_ref: { file_id: fileId, version } };
      this.#sets.set(key, await writeSet<AnnotationSet>(known, { ...said, ...place }));
    });
  }

  publish(): Promise<void> {
    return this.#turns.take(async () => {
      for (const [key, set] of this.#sets) {
        if (set.draft) {
          this.#sets.set(key, await writeSet<AnnotationSet>(set, { draft: false, data: set.data }));
        }
      }
    });
  }

  async exported(fileId: string, version: number, format: ExportForm): Promise<Blob> {
    const known = this.#sets.get(`${fileId}:${version}`);
    if (!known) throw new Error(t("Nothing of yours is kept on this series yet."));
    return api.saved(`${PATH}/${known._id}/export`, { format });
  }

  told() {
    const draft = [...this.#sets.values()].some((set) => set.draft);
    return { words: draft ? t("Draft kept; only you see it") : t("All is saved"), draft };
  }
}
