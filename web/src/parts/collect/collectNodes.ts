import { api } from "@/api/client";
import type { DownloadNode } from "@/api/download";

/** Takes what is selected into a collection: the id of one, or the label of a new one. */
export type Collect = (target: string | { label: string }) => Promise<unknown>;

/** Containers into a collection. */
export const collectNodes =
  (nodes: () => Promise<DownloadNode[]>): Collect =>
  async (target) => {
    const contents = { operation: "add", nodes: await nodes() };
    if (typeof target === "string") return api.put(`/collections/${target}`, { contents });
    return api.post("/collections", { ...target, contents });
  };
