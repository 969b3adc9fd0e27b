import { Group, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { fileQuery } from "@/api/queries";
import type { Info } from "@/api/types";
import { figure, plural, t, tIn } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { DataTable } from "@/ui/table/DataTable";
import type { DataColumn } from "@/ui/table/model";
import { type Dictionary, type HeaderRow, headerRows, searchRows } from "./headerRows";

const COLUMNS: DataColumn<HeaderRow>[] = [
  {
    id: "tag",
    title: tIn("DICOM", "Tag"),
    width: 116,
    cell: (row) => <span className="mono">{row.tag}</span>,
    text: (row) => row.tag,
  },
  {
    id: "keyword",
    title: t("Keyword"),
    width: 290,
    cell: (row) => <span style={{ paddingLeft: row.depth * 16 }}>{row.keyword}</span>,
    text: (row) => row.keyword,
  },
  { id: "vr", title: t("VR"), width: 56, cell: (row) => <span className="dim">{row.vr}</span> },
  { id: "value", title: t("Value"), width: 520, cell: (row) => row.value, text: (row) => row.value },
];
const nothing = () => {};

const dictionaryQuery = {
  queryKey: ["dicom-dictionary"],
  queryFn: async (): Promise<Dictionary> => (await import("./dicomTags.gen.json")).default,
  staleTime: Number.POSITIVE_INFINITY,
};

/** The DICOM header of a file, as a table to search in. */
export function HeaderPanel({
  fileId,
  version,
  choice,
}: {
  fileId: string;
  version?: number;
  choice?: ReactNode;
}) {
  const [text, setText] = useState("");
  const file = useQuery(fileQuery(fileId, version));
  const dictionary = useQuery(dictionaryQuery);
  const header = (file.data?.info.header as Info | undefined)?.dicom as Info | undefined;
  const rows = useMemo(() => headerRows(header ?? {}, dictionary.data ?? {}), [header, dictionary.data]);
  const found = useMemo(() => searchRows(rows, text), [rows, text]);
  return (
    <Panel
      title={t("DICOM header")}
      flush
      aside={
        <Group gap={8} wrap="nowrap">
          <Text size="xs" c="dimmed" role="status" visibleFrom="sm">
            {text
              ? plural(rows.length, "{found} of {count} element", "{found} of {count} elements", {
                  found: figure(found.length),
                })
              : plural(rows.length, "{count} element", "{count} elements")}
          </Text>
          {choice}
          <TextInput
            size="xs"
            type="search"
            w={200}
            aria-label={t("Search the header")}
            placeholder={t("Tag, keyword or value")}
            leftSection={<IconSearch size={14} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Group>
      }
    >
      {file.isPending ? <Loading /> : null}
      {file.error && !file.data ? (
        <Failure error={file.error} what={t("header")} onRetry={() => void file.refetch()} />
      ) : null}
      {file.data && !header ? (
        <Message title={t("No header known")}>
          {t("The metadata of this file has not been extracted.")}
        </Message>
      ) : null}
      {header ? (
        <div style={{ display: "flex", height: 460 }}>
          <DataTable
            name="header"
            label={t("DICOM header")}
            columns={COLUMNS}
            total={found.length}
            rows={found}
            rowAt={(index) => found[index]}
            onRange={nothing}
            onOpen={nothing}
            empty={<Message title={t("No element matches “{text}”", { text })} />}
          />
        </div>
      ) : null}
    </Panel>
  );
}
