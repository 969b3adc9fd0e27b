import { api } from "@/api/client";
import { type Segment, segmentOf } from "@/viewers/labels/segment";
import type { OverlayObject, OverlayStore } from "@/viewers/overlays/store";
import type { Roi } from "@/viewers/rois/roi";
import { fromWire, type WireSet } from "@/viewers/rois/wire";

interface Listed {
  sop_uid: string;
  kind: OverlayObject["kind"];
  name: string;
}

interface Said {
  rois: WireSet["rois"];
  segments: { value: number; label: string }[];
}

const pathOf = (fileId: string, { sopUid }: OverlayObject) => `/x/files/${fileId}/overlays/${sopUid}`;

/** Objects of the same study in the same project, as the server reads them. */
export const overlayStore: OverlayStore = {
  async list(fileId, version) {
    const found = await api.get<Listed[]>(`/x/files/${fileId}/overlays`, { version });
    return found.map(({ sop_uid: sopUid, kind, name }) => ({ sopUid, kind, name }));
  },
  async regions(fileId, version, object): Promise<Roi[]> {
    const { rois } = await api.get<Said>(pathOf(fileId, object), { version });
    const there = { file_id: fileId, version };
    return fromWire({ schema: "", rois }, object.name).map((roi) => ({
      ...roi,
      id: `${object.sopUid}:${roi.id}`,
      source: object.sopUid,
      normal: roi.normal ?? null,
      up: roi.up ?? null,
      ref: { ...roi.ref, ...there, frame_of_reference_uid: roi.ref.frame_of_reference_uid ?? null },
    }));
  },
  async labels(fileId, version, object) {
    const [{ segments }, volume] = await Promise.all([
      api.get<Said>(pathOf(fileId, object), { version }),
      api.saved(`${pathOf(fileId, object)}/labels`, { version }),
    ]);
    return {
      segments: segments.map(({ value, label }): Segment => ({ ...segmentOf(value), label })),
      volume,
    };
  },
};
