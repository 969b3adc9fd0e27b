import { IconDownload } from "@tabler/icons-react";
import { api } from "@/api/client";
import { t } from "@/i18n/text";
import { ExportButton, type ExportForm } from "@/parts/export/ExportButton";
import { asPng } from "./asPng";
import type { Drawing } from "./drawing";
import type { Address } from "./useGraph";

interface ExportMenuProps {
  /** What the graph is of. */
  name: string;
  draw: () => Drawing;
  /** Where the server writes the same graph as a crate; none of what people put together. */
  crate: Address | null;
}

/** Saves the graph as a picture, or as a document for programs. */
export function ExportMenu({ name, draw, crate }: ExportMenuProps) {
  const forms: ExportForm[] = [
    { form: t("Picture (PNG)"), make: () => asPng(draw()), file: `${name} lineage.png` },
    {
      form: t("Drawing (SVG)"),
      make: async () => new Blob([draw().svg], { type: "image/svg+xml" }),
      file: `${name} lineage.svg`,
    },
  ];
  if (crate)
    forms.push({
      form: "RO-Crate",
      make: () => api.saved(crate.path, { ...crate.query }),
      file: `${name}-lineage-ro-crate-metadata.json`,
    });
  return <ExportButton forms={forms} Icon={IconDownload} />;
}
