import { api } from "@/api/client";
import { t } from "@/i18n/text";
import type { Segmentation } from "@/viewers/labels/segment";
import type { LabelStore, MeasuredSegment } from "@/viewers/labels/store";
import { PATH, Turns, writeSet } from "./annotationSets";

const NAME = "Segmentation";

interface Label {
  label: string;
  label_value: number;
  color?: string;
}

interface LabelSet {
  _id: string;
  name: string;
  author: string;
  revision: number;
  draft: boolean;
  file: { size: number } | null;
  data: { rois: Label[] };
}

const region = ({ value, label, color, volume_mm3 }: MeasuredSegment) => ({
  id: `label-${value}`,
  tool: "mask",
  label,
  label_value: value,
  color,
  closed: true,
  ref: {},
  points: [],
  stats: { volume_mm3 },
});

/** One segmentation of the user's own for each file version: a set of masks with its volume of labels beside it. */
export class ServerLabelStore implements LabelStore {
  readonly #me: string;
  readonly #sets = new Map<string, LabelSet>();
  readonly #turns = new Turns();

  constructor(me: string) {
    this.#me = me;
  }

  async load(fileId: string, version: number): Promise<Segmentation> {
    const query = { file_id: fileId, version, author: this.#me };
    const found = await api.get<LabelSet[] | { results: LabelSet[] }>(PATH, query);
    const own = (Array.isArray(found) ? found : found.results).find((set) => set.name === NAME);
    if (!own) return { segments: [], volume: null };
    this.#sets.set(`${fileId}:${version}`, own);
    return {
      segments: own.data.rois.map(({ label_value: value, label, color = "#f0a202" }) => ({
        value,
        label,
        color,
        visible: true,
      })),
      volume: own.file ? await api.saved(`${PATH}/${own._id}/file`) : null,
    };
  }

  save(fileId: string, version: number, segments: MeasuredSegment[], volume: Blob): Promise<void> {
    return this.#turns.take(async () => {
      const key = `${fileId}:${version}`;
      const known = this.#sets.get(key);
      const place = known ? {} : { file_ref: { file_id: fileId, version } };
      const said = { name: NAME, draft: true, data: { rois: segments.map(region) }, ...place };
      const form = new FormData();
      form.append("data", JSON.stringify(said));
      form.append("file", volume, "labels.nii.gz");
      this.#sets.set(key, await writeSet<LabelSet>(known, form));
    });
  }

  publish(fileId: string, version: number): Promise<void> {
    return this.#turns.take(async () => {
      const key = `${fileId}:${version}`;
      const known = this.#sets.get(key);
      if (!known?.draft) return;
      this.#sets.set(key, await writeSet<LabelSet>(known, { draft: false, data: known.data }));
    });
  }

  async exported(fileId: string, version: number, format: "seg" | "nifti"): Promise<Blob> {
    const known = this.#sets.get(`${fileId}:${version}`);
    if (!known) throw new Error(t("Nothing of yours is painted on this series yet."));
    return api.saved(`${PATH}/${known._id}/export`, { format });
  }

  isDraft(fileId: string, version: number): boolean {
    return this.#sets.get(`${fileId}:${version}`)?.draft ?? false;
  }
}
