import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";

/** A version of a file; its content never changes. */
export interface Shown {
  fileId: string;
  version: number;
  name: string;
  size: number;
  /** Address of the content. */
  url: string;
}

export interface PreviewProps {
  file: Shown;
  /** Other files that may lie over this one. */
  others: Shown[];
}

const MEGABYTE = 1 << 20;
const TEXT_LIMIT = MEGABYTE;
export const TABLE_LIMIT = 5 * MEGABYTE;

/** The first bytes of a file. */
export function useHead({ fileId, version, name }: Shown, limit: number) {
  return useQuery({
    queryKey: ["content", fileId, version, limit],
    queryFn: () => api.head(`/x/files/${fileId}/content`, { version }, limit, name.endsWith(".gz")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The beginning of a file as text. */
export function useText(file: Shown, limit = TEXT_LIMIT) {
  const { data, ...rest } = useHead(file, limit);
  return { ...rest, data: data && { text: new TextDecoder().decode(data.bytes), cut: data.cut } };
}
