import { api, apiUrl } from "@/api/client";
import type { FileDoc, Page, Ticket } from "@/api/types";

export interface DownloadNode {
  level: "project" | "subject" | "session" | "acquisition" | "analysis" | "collection" | "file";
  _id: string;
}

const PLURAL = {
  group: "groups",
  project: "projects",
  subject: "subjects",
  session: "sessions",
  acquisition: "acquisitions",
  analysis: "analyses",
  collection: "collections",
} as const;

/** Address of a file's bytes. */
export function fileUrl(file: FileDoc, options: { view?: boolean; version?: number } = {}): string {
  const { type, id } = file.parent_ref;
  return apiUrl(`/${PLURAL[type]}/${id}/files/${encodeURIComponent(file.name)}`, options);
}

/** Address of a file's content to look at, which needs less than saving it does. */
export const contentUrl = (fileId: string, version: number) =>
  apiUrl(`/x/files/${fileId}/content`, { version });

/** Let the browser save what the address answers. */
export function save(url: string, name = ""): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Let the browser save a file it holds already. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  save(url, name);
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Ask for an archive of these containers and start its download; the ticket tells size and number. */
export async function downloadNodes(nodes: DownloadNode[]): Promise<Ticket> {
  const ticket = await api.post<Ticket>("/download", { nodes, optional: true });
  save(apiUrl("/download", { ticket: ticket.ticket, format: "zip" }));
  return ticket;
}

/** The ids of all rows of a list, in pages. */
export async function allIds(path: string, filter: string | undefined): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const page = await api.get<Page<{ _id: string }>>(path, { filter, limit: 1000, after_id: ids.at(-1) });
    if (page.results.length === 0) return ids;
    ids.push(...page.results.map((row) => row._id));
    if (ids.length >= page.total && page.results.length < 1000) return ids;
  }
}
