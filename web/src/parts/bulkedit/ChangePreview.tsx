import { List, Text } from "@mantine/core";
import type { Json } from "@/api/types";
import { countOf } from "@/i18n/levels";
import { figure, plural, t, tIn } from "@/i18n/text";
import { writeValue } from "@/parts/info/infoTree";
import { middleCut } from "@/ui/format";
import { SimpleTable } from "@/ui/SimpleTable";
import { differences, type Edited } from "./change";

const shown = (value: Json | undefined) =>
  value === undefined ? (
    <span className="dim">{tIn("value", "none")}</span>
  ) : (
    middleCut(writeValue(value), 60)
  );

/** What a change would do, by counts and by the first examples. */
export function ChangePreview({ seen, word }: { seen: Edited; word: string }) {
  const lines = differences(seen);
  return (
    <>
      <List size="sm" aria-label={t("What would happen")}>
        <List.Item>{t("{objects} will change.", { objects: countOf(seen.changed, word) })}</List.Item>
        {Object.entries(seen.overwritten).map(([field, number]) => (
          <List.Item key={field}>
            {plural(
              number,
              "{count} value of “{field}” will be overwritten.",
              "{count} values of “{field}” will be overwritten.",
              { field },
            )}
          </List.Item>
        ))}
        {seen.unchanged > 0 ? (
          <List.Item>{t("{objects} say so already.", { objects: countOf(seen.unchanged, word) })}</List.Item>
        ) : null}
        {seen.refused > 0 ? (
          <List.Item>
            {t("{objects} your roles do not let you change.", { objects: countOf(seen.refused, word) })}
          </List.Item>
        ) : null}
        {seen.locked > 0 ? (
          <List.Item>
            {t("{objects} in a locked project stay as they are.", { objects: countOf(seen.locked, word) })}
          </List.Item>
        ) : null}
        {seen.not_found > 0 ? (
          <List.Item>
            {t("{objects} have been deleted meanwhile.", { objects: countOf(seen.not_found, word) })}
          </List.Item>
        ) : null}
      </List>
      {lines.length > 0 ? (
        <SimpleTable
          label={t("Before and after")}
          rows={lines}
          rowKey={(row) => row.key}
          columns={[
            { head: t("Label"), cell: (row) => <span title={row.label}>{middleCut(row.label, 28)}</span> },
            { head: t("Field"), cell: (row) => row.field },
            { head: t("Before"), cell: (row) => shown(row.before) },
            { head: t("After"), cell: (row) => shown(row.after) },
          ]}
        />
      ) : null}
      {seen.changed > seen.examples.length ? (
        <Text size="xs" c="dimmed">
          {t("The first {count} of {objects}.", {
            count: figure(seen.examples.length),
            objects: countOf(seen.changed, word),
          })}
        </Text>
      ) : null}
    </>
  );
}
