import { type ComponentType, type LazyExoticComponent, lazy, Suspense } from "react";
import { t } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { PanelBoundary } from "@/ui/PanelBoundary";
import type { PreviewProps, Shown } from "./content";
import type { PreviewKind } from "./kinds";
import classes from "./Preview.module.css";

type View = LazyExoticComponent<ComponentType<PreviewProps>>;

const VIEWS: Partial<Record<PreviewKind, View>> = {
  volume: lazy(async () => ({ default: (await import("../volume/VolumeView")).VolumeView })),
  pdf: lazy(async () => ({ default: (await import("./PdfView")).PdfView })),
  table: lazy(async () => ({ default: (await import("./TableView")).TableView })),
  json: lazy(async () => ({ default: (await import("./JsonView")).JsonView })),
  markdown: lazy(async () => ({ default: (await import("./MarkdownView")).MarkdownView })),
  html: lazy(async () => ({ default: (await import("./HtmlView")).HtmlView })),
  image: lazy(async () => ({ default: (await import("./ImageView")).ImageView })),
  video: lazy(async () => ({ default: (await import("./VideoView")).VideoView })),
  archive: lazy(async () => ({ default: (await import("./ArchiveView")).ArchiveView })),
  text: lazy(async () => ({ default: (await import("./TextView")).TextView })),
  bytes: lazy(async () => ({ default: (await import("./BytesView")).BytesView })),
};

/** A file's content in the form that its kind asks for; the code of a form comes when it is first shown. */
export function Preview({ kind, file, others = [] }: { kind: PreviewKind; file: Shown; others?: Shown[] }) {
  const View = VIEWS[kind];
  if (!View) return null;
  return (
    <PanelBoundary what={t("file")} key={`${file.fileId}:${file.version}`}>
      <Suspense fallback={<Loading />}>
        <div className={classes.preview} data-testid="preview" data-kind={kind}>
          <View file={file} others={others} />
        </div>
      </Suspense>
    </PanelBoundary>
  );
}
