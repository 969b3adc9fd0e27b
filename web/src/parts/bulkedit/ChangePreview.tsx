import { List, Text } from "@mantine/core";
import type { Json } from "@/api/types";
import { writeValue } from "@/parts/info/infoTree";
import { count, middleCut } from "@/ui/format";
import { SimpleTable } from "@/ui/SimpleTable";
import { differences, type Edited } from "./change";

const shown = (value: Json | undefined) =>
  value === undefined ? <span className="dim">none</span> : middleCut(writeValue(value), 60);

/** What a change would do, by counts and by the first examples. */
export function ChangePreview({ seen, word }: { seen: Edited; word: string }) {
  const lines = differences(seen);
  return (
    <>
      <List size="sm" aria-label="What would happen">
        <List.Item>{count(seen.changed, word)} will change.</List.Item>
        {Object.entries(seen.overwritten).map(([field, number]) => (
          <List.Item key={field}>
            {count(number, "value")} of “{field}” will be overwritten.
          </List.Item>
        ))}
        {seen.unchanged > 0 ? <List.Item>{count(seen.unchanged, word)} say so already.</List.Item> : null}
        {seen.refused > 0 ? (
          <List.Item>{count(seen.refused, word)} your roles do not let you change.</List.Item>
        ) : null}
        {seen.locked > 0 ? (
          <List.Item>{count(seen.locked, word)} in a locked project stay as they are.</List.Item>
        ) : null}
        {seen.not_found > 0 ? (
          <List.Item>{count(seen.not_found, word)} have been deleted meanwhile.</List.Item>
        ) : null}
      </List>
      {lines.length > 0 ? (
        <SimpleTable
          label="Before and after"
          rows={lines}
          rowKey={(row) => row.key}
          columns={[
            { head: "Label", cell: (row) => <span title={row.label}>{middleCut(row.label, 28)}</span> },
            { head: "Field", cell: (row) => row.field },
            { head: "Before", cell: (row) => shown(row.before) },
            { head: "After", cell: (row) => shown(row.after) },
          ]}
        />
      ) : null}
      {seen.changed > seen.examples.length ? (
        <Text size="xs" c="dimmed">
          The first {seen.examples.length} of {count(seen.changed, word)}.
        </Text>
      ) : null}
    </>
  );
}
