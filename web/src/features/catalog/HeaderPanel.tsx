import { Group, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { fileQuery } from "@/api/queries";
import type { Info } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { count } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { DataTable } from "@/ui/table/DataTable";
import type { DataColumn } from "@/ui/table/model";
import { type Dictionary, type HeaderRow, headerRows, searchRows } from "./headerRows";

const COLUMNS: DataColumn<HeaderRow>[] = [
  {
    id: "tag",
    title: "Tag",
    width: 116,
    cell: (row) => <span className="mono">{row.tag}</span>,
    text: (row) => row.tag,
  },
  {
    id: "keyword",
    title: "Keyword",
    width: 290,
    cell: (row) => <span style={{ paddingLeft: row.depth * 16 }}>{row.keyword}</span>,
    text: (row) => row.keyword,
  },
  { id: "vr", title: "VR", width: 56, cell: (row) => <span className="dim">{row.vr}</span> },
  { id: "value", title: "Value", width: 520, cell: (row) => row.value, text: (row) => row.value },
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
      title="DICOM header"
      flush
      aside={
        <Group gap={8} wrap="nowrap">
          <Text size="xs" c="dimmed" role="status" visibleFrom="sm">
            {text ? `${found.length} of ${count(rows.length, "element")}` : count(rows.length, "element")}
          </Text>
          {choice}
          <TextInput
            size="xs"
            type="search"
            w={200}
            aria-label="Search the header"
            placeholder="Tag, keyword or value"
            leftSection={<IconSearch size={14} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Group>
      }
    >
      {file.isPending ? <Loading /> : null}
      {file.error && !file.data ? (
        <Failure error={file.error} what="header" onRetry={() => void file.refetch()} />
      ) : null}
      {file.data && !header ? (
        <Message title="No header known">The metadata of this file has not been extracted.</Message>
      ) : null}
      {header ? (
        <div style={{ display: "flex", height: 460 }}>
          <DataTable
            name="header"
            label="DICOM header"
            columns={COLUMNS}
            total={found.length}
            rows={found}
            rowAt={(index) => found[index]}
            onRange={nothing}
            onOpen={nothing}
            empty={<Message title={`No element matches “${text}”`} />}
          />
        </div>
      ) : null}
    </Panel>
  );
}
