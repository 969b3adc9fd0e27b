import { contentUrl } from "@/api/download";
import type { FileDoc } from "@/api/types";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import { previewKind } from "@/viewers/preview/kinds";
import { Preview } from "@/viewers/preview/Preview";
import classes from "./PreviewPanel.module.css";

/** What is in a file, in its page; DICOM has the viewer and the header instead. */
export function PreviewPanel({ file }: { file: FileDoc }) {
  const kind = previewKind(file);
  if (kind === "dicom") return null;
  const { file_id: fileId, version, name, size } = file;
  return (
    <Panel title={t("Preview")} flush>
      <div className={classes.box}>
        <Preview kind={kind} file={{ fileId, version, name, size, url: contentUrl(fileId, version) }} />
      </div>
    </Panel>
  );
}
