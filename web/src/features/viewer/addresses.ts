import { apiUrl } from "@/api/client";

/** Where the instances of a series are, one by one. */
export const instanceAddress = (fileId: string, version: number) => (sop: string) =>
  window.location.origin + apiUrl(`/x/files/${fileId}/instances/${sop}`, { version });

/** Where several of them come in one answer. */
export const bundleAddress = (fileId: string, version: number) => (sops: string[]) =>
  apiUrl(`/x/files/${fileId}/bundle`, { instances: sops.join(), version });
