import type { QueryClient } from "@tanstack/react-query";
import { fileQuery, instancesQuery } from "@/api/queries";
import { middle } from "@/viewers/dicom/hung";
import { lookAddress, lookAt } from "@/viewers/dicom/look";
import { stackImages } from "@/viewers/dicom/stack";
import { previewKind } from "@/viewers/preview/kinds";
import { instanceAddress } from "./addresses";

interface Viewed {
  file?: string;
  version?: number;
}

/** Ask for what the page will show first while its code comes; what fails is told by the page, which asks again. */
export async function startViewing(queries: QueryClient, viewed: Viewed): Promise<void> {
  if (!viewed.file) return;
  const file = await queries.ensureQueryData(fileQuery(viewed.file, viewed.version));
  if (previewKind(file) !== "dicom") return;
  const { file_id, version } = file;
  const instances = await queries.ensureQueryData(instancesQuery(file_id, version));
  const images = stackImages(instances, instanceAddress(file_id, version));
  const address = lookAddress(images[middle({ images })]);
  if (address !== null) await lookAt(address);
}
