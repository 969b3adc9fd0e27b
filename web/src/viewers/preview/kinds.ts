import { t } from "@/i18n/text";

/** How a file is shown, by its name. */
export type PreviewKind =
  | "dicom"
  | "volume"
  | "pdf"
  | "table"
  | "json"
  | "markdown"
  | "html"
  | "image"
  | "video"
  | "archive"
  | "text"
  | "bytes";

const SUFFIXES: Partial<Record<PreviewKind, string>> = {
  volume: ".nii .nii.gz .mgz .mgh .nrrd .mif",
  pdf: ".pdf",
  table: ".csv .csv.gz .tsv .tsv.gz",
  json: ".json .json.gz .ipynb",
  markdown: ".md .markdown",
  html: ".html .htm",
  image: ".png .jpg .jpeg .gif .bmp .webp .avif .svg",
  video: ".mp4 .m4v .webm .mov",
  archive: ".zip",
  text: ".txt .log .yaml .yml .toml .ini .cfg .xml .bval .bvec .py .r .m .c .cpp .java .js .sh .css .php .sql",
};

const KIND_OF = new Map(
  Object.entries(SUFFIXES).flatMap(([kind, suffixes]) =>
    suffixes.split(" ").map((suffix) => [suffix, kind as PreviewKind] as const),
  ),
);

/** The kind of a file; what is not known is shown as bytes. */
export function previewKind(file: { name: string; type: string | null }): PreviewKind {
  if (file.type === "dicom") return "dicom";
  const parts = file.name.toLowerCase().split(".");
  const suffix = (from: number) => `.${parts.slice(from).join(".")}`;
  return KIND_OF.get(suffix(-2)) ?? KIND_OF.get(suffix(-1)) ?? "bytes";
}

const WORDS: Partial<Record<PreviewKind, string>> = {
  volume: t("volume"),
  pdf: t("pdf"),
  image: t("image"),
  video: t("video"),
};

/** A kind in words, of those that stand beside series. */
export const kindWord = (kind: PreviewKind): string => WORDS[kind] ?? kind;

/** Kinds that deserve the whole window. */
export const FULL_WINDOW: ReadonlySet<PreviewKind> = new Set(["dicom", "volume", "pdf", "image", "video"]);
