import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";
import { dateTime, middleCut } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { Message } from "@/ui/Message";
import { originKind } from "@/ui/originWords";
import { Panel } from "@/ui/Panel";

/** One line of the change log. */
interface Logged {
  created: string;
  origin: { type: string; id: string | null };
  method: "CREATE" | "ADD" | "DELETE" | "UPDATE" | "REPLACE_FILE";
  patch: Record<string, Json>;
  revision: number | null;
  file_version: number | null;
  reason: string | null;
}

const WORDS: Record<Logged["method"], string> = {
  CREATE: t("made"),
  ADD: t("added"),
  DELETE: t("deleted"),
  UPDATE: t("changed"),
  REPLACE_FILE: t("new version"),
};

const FIRST = 50;
const MOST = 1000;

interface HistoryPanelProps {
  level: "project" | "subject" | "session" | "acquisition" | "file";
  id: string;
}

/** Who changed what, newest first; asked for only when somebody wants to know. */
export function HistoryPanel({ level, id }: HistoryPanelProps) {
  const [shown, setShown] = useState(false);
  return shown ? (
    <Changes level={level} id={id} />
  ) : (
    <Panel
      title={t("History")}
      aside={
        <Button size="compact-sm" variant="subtle" onClick={() => setShown(true)}>
          {t("Show")}
        </Button>
      }
    >
      <span className="dim">{t("Who changed what, and when.")}</span>
    </Panel>
  );
}

function Changes({ level, id }: HistoryPanelProps) {
  const [limit, setLimit] = useState(FIRST);
  const path = `/changes/${level}/${id}`;
  const found = useQuery({
    queryKey: [LIVE, path, limit],
    queryFn: () => api.get<{ changes: Logged[] }>(path, { limit }),
    placeholderData: keepPreviousData,
  });
  const rows = found.data?.changes;
  return (
    <ListPanel
      title={t("History")}
      what={t("history")}
      found={found}
      rows={rows}
      rowKey={(row) => `${row.created} ${row.revision} ${row.method}`}
      empty={<Message title={t("Nothing has been changed yet")} />}
      columns={[
        { head: t("When"), cell: (row) => dateTime(row.created) },
        { head: t("Who"), cell: (row) => row.origin.id ?? originKind(row.origin.type) },
        {
          head: t("What"),
          cell: (row) =>
            row.file_version && row.method === "REPLACE_FILE"
              ? t("version {version}", { version: row.file_version })
              : WORDS[row.method],
        },
        { head: t("New values"), cell: (row) => <Values row={row} /> },
      ]}
    >
      {rows?.length === limit && limit < MOST ? (
        <Button variant="subtle" m={8} loading={found.isFetching} onClick={() => setLimit(MOST)}>
          {t("Show older changes")}
        </Button>
      ) : null}
    </ListPanel>
  );
}

/** The fields that a change set; those of custom metadata one by one. */
function Values({ row }: { row: Logged }) {
  const { info, ...own } = row.patch;
  const inner = typeof info === "object" && info !== null && !Array.isArray(info) ? info : {};
  const fields = [...Object.entries(own), ...Object.entries(inner)];
  const words = fields.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  if (row.reason) words.push(t("reason: {reason}", { reason: row.reason }));
  const all = words.join("\n");
  return <span title={all}>{middleCut(words.join(", "), 120)}</span>;
}
