import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTableExport, IconTag } from "@tabler/icons-react";
import { api } from "@/api/client";
import type { DownloadNode } from "@/api/download";
import { t, tIn } from "@/i18n/text";
import { BatchButton } from "@/parts/batch/BatchButton";
import { BulkEditButton } from "@/parts/bulkedit/BulkEditButton";
import type { BulkLevel } from "@/parts/bulkedit/change";
import { AddToCollectionButton } from "@/parts/collect/AddToCollectionButton";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { ExportButton } from "@/parts/export/ExportButton";
import type { Kind, SearchQuery } from "./search";
import { TagDialog } from "./TagDialog";
import { ViewDialog } from "./ViewDialog";

const FORMATS = [
  ["csv", "CSV"],
  ["tsv", "TSV"],
  ["json", "JSON"],
  ["ndjson", t("JSON lines")],
  ["parquet", "Parquet"],
] as const;

const EDITED: Partial<Record<Kind, BulkLevel>> = {
  subject: "subjects",
  session: "sessions",
  acquisition: "acquisitions",
  file: "files",
};

interface ResultActionsProps {
  kind: Kind;
  /** What it is done to: a search, also when a few rows were picked. */
  asked: SearchQuery;
  columns: string[];
}

/** What can be done with some or all of a result; the server does it, so all may be any number. */
export function ResultActions({ kind, asked, columns }: ResultActionsProps) {
  const [tagging, tags] = useDisclosure(false);
  const [viewing, view] = useDisclosure(false);
  const nodes = async () =>
    (await api.post<{ nodes: DownloadNode[] }>("/dataexplorer/search/nodes", asked)).nodes;
  const name = kind === "analysis" ? "analyses" : `${kind}s`;
  const forms = FORMATS.map(([format, words]) => ({
    form: words,
    make: () =>
      api.file("/dataexplorer/search/export", {
        query: asked,
        format,
        columns: [`${kind}._id`, ...columns],
      }),
    file: `${name}.${format}`,
  }));
  return (
    <>
      <ExportButton forms={forms} Icon={IconTableExport}>
        <Menu.Divider />
        <Menu.Item onClick={view.open}>{t("As data view…")}</Menu.Item>
      </ExportButton>
      <Button variant="default" leftSection={<IconTag size={16} />} onClick={tags.open}>
        {tIn("action", "Tag")}
      </Button>
      {kind === "analysis" || kind === "file" ? null : <BatchButton nodes={nodes} />}
      {EDITED[kind] ? (
        <BulkEditButton level={EDITED[kind]} ids={async () => (await nodes()).map((node) => node._id)} />
      ) : null}
      {kind === "analysis" ? null : (
        <AddToCollectionButton
          add={(collection) => api.post("/dataexplorer/search/collect", { query: asked, collection })}
        />
      )}
      <DownloadButton nodes={nodes} primary />
      {viewing ? <ViewDialog columns={columns} onClose={view.close} /> : null}
      {tagging ? <TagDialog asked={asked} onClose={tags.close} /> : null}
    </>
  );
}
