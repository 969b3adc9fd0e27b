import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconTableExport, IconTag } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import { type DownloadNode, saveBlob } from "@/api/download";
import { t, tIn } from "@/i18n/text";
import { BatchButton } from "@/parts/batch/BatchButton";
import { BulkEditButton } from "@/parts/bulkedit/BulkEditButton";
import type { BulkLevel } from "@/parts/bulkedit/change";
import { AddToCollectionButton } from "@/parts/collect/AddToCollectionButton";
import { DownloadButton } from "@/parts/download/DownloadButton";
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
  const write = useMutation({
    mutationFn: async (format: string) => {
      const body = { query: asked, format, columns: [`${kind}._id`, ...columns] };
      saveBlob(
        await api.file("/dataexplorer/search/export", body),
        `${kind === "analysis" ? "analyses" : `${kind}s`}.${format}`,
      );
    },
    onError: (error) =>
      notifications.show({ color: "red", title: t("Not exported"), message: error.message }),
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconTableExport size={16} />}
            rightSection={<IconChevronDown size={14} />}
            loading={write.isPending}
          >
            {t("Export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FORMATS.map(([format, words]) => (
            <Menu.Item key={format} onClick={() => write.mutate(format)}>
              {words}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={view.open}>{t("As data view…")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
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
