import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { equals } from "@/api/filters";
import type { Session } from "@/api/types";
import { figure, plural, t, tIn } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import type { Source } from "@/parts/pick/source";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";
import type { Row, Tried } from "./deid";

interface TryPanelProps {
  /** The project whose files are offered; every visible session where there is none. */
  project: string | null;
  text: string;
  valid: boolean;
}

interface Named {
  _id: string;
  file_id: string;
  name: string;
}

interface Answer {
  results: Tried[];
  after: string | null;
}

const sessionsOf = (project: string | null): Source<Session> => ({
  path: "/sessions",
  sort: "created:desc",
  field: "label",
  only: project ? equals("parents.project", project) : undefined,
  label: (session) => [session.subject?.label, session.label].filter(Boolean).join(" / "),
  placeholder: t("Type to find a session"),
  nothing: t("No session matches"),
});

const filesOf = (session: string): Source<Named> => ({
  path: "/files",
  sort: "name:asc",
  field: "name",
  only: equals("parents.session", session),
  label: (file) => file.name,
  placeholder: t("Type to find a file"),
  nothing: t("No file matches"),
});

/** What the text in the editor would do to files that are here; nothing is stored. */
export function TryPanel({ project, text, valid }: TryPanelProps) {
  const [session, setSession] = useState<string | null>(null);
  const [file, setFile] = useState<string | null>(null);
  const shown = useQuery({
    queryKey: ["deid", "preview", file, text],
    queryFn: () => api.post<Tried>(`/files/${file}/deid/preview`, { text }),
    enabled: valid && file !== null,
    gcTime: 0,
  });
  const all = useMutation({ mutationFn: () => everyFile(session ?? "", text) });
  return (
    <Panel title={t("Try it on files")}>
      <Stack gap="sm">
        <Group grow align="flex-start" gap="sm" preventGrowOverflow={false}>
          <Picker
            label={t("Session")}
            source={sessionsOf(project)}
            value={session}
            onChange={(id) => {
              setSession(id);
              setFile(null);
              all.reset();
            }}
          />
          {session ? (
            <Picker
              label={t("File")}
              source={filesOf(session)}
              value={file}
              onChange={setFile}
              key={session}
            />
          ) : null}
        </Group>
        {session ? (
          <div>
            <Button variant="default" disabled={!valid} loading={all.isPending} onClick={() => all.mutate()}>
              {t("Test the whole session")}
            </Button>
          </div>
        ) : (
          <Text size="sm" c="dimmed">
            {t(
              "Choose a session, then one of its files: every element before and after, by the text in the editor. Nothing is stored, and codes are not those of the project.",
            )}
          </Text>
        )}
        {all.error ? <Failure error={all.error} what={t("test")} /> : null}
        {all.data ? <Outcome results={all.data} /> : null}
        {shown.isFetching ? <Loading rows={4} /> : null}
        {shown.error ? <Failure error={shown.error} what={t("preview")} /> : null}
        {file && shown.data && !shown.isFetching ? <Preview found={shown.data} /> : null}
      </Stack>
    </Panel>
  );
}

async function everyFile(session: string, text: string): Promise<Tried[]> {
  const results: Tried[] = [];
  let after: string | null = null;
  do {
    const answer: Answer = await api.post(
      `/sessions/${session}/deid/test`,
      after ? { text, after } : { text },
    );
    results.push(...answer.results);
    after = answer.after;
  } while (after);
  return results;
}

function Outcome({ results }: { results: Tried[] }) {
  const refused = results.filter((one) => one.status !== "ok").length;
  return (
    <>
      <Text size="sm" role="status">
        {refused > 0
          ? plural(
              results.length,
              "{taken} of {count} file would be taken, {refused} refused.",
              "{taken} of {count} files would be taken, {refused} refused.",
              { taken: figure(results.length - refused), refused: figure(refused) },
            )
          : plural(
              results.length,
              "{taken} of {count} file would be taken.",
              "{taken} of {count} files would be taken.",
              { taken: figure(results.length) },
            )}
      </Text>
      <SimpleTable
        label={t("Files of the session")}
        rows={results}
        rowKey={(row) => row.file_id}
        columns={[
          { head: t("File"), cell: (row) => <span title={row.name}>{row.name}</span> },
          {
            head: t("Outcome"),
            cell: (row) =>
              row.status === "ok" ? (
                <StateMark state="ok" words={t("taken")} />
              ) : (
                <StateMark state="bad" words={row.error ?? t("refused")} title={row.message ?? ""} />
              ),
          },
          { head: t("Changes"), cell: (row) => changesOf(row) },
        ]}
      />
    </>
  );
}

const CHANGES: Record<string, string> = {
  replaced: t("replaced"),
  removed: t("removed"),
  emptied: t("emptied"),
  uids: tIn("number of changes", "uids"),
  dates: tIn("number of changes", "dates"),
  cleaned: t("cleaned"),
  private_removed: t("private removed"),
  private_kept: t("private kept"),
};

const changesOf = (tried: Tried) =>
  Object.entries(tried.changes)
    .map(([what, number]) => `${number} ${CHANGES[what] ?? what.replaceAll("_", " ")}`)
    .join(", ");

const DONE: Record<string, string> = {
  kept: t("kept"),
  added: t("added"),
  changed: t("changed"),
  emptied: t("emptied"),
  removed: t("removed"),
};

function Preview({ found }: { found: Tried }) {
  const [all, setAll] = useState(false);
  if (found.status !== "ok")
    return (
      <Text size="sm" c="var(--bad)" role="status">
        {t("This file would be refused: {message} ({error} {where})", {
          message: found.message ?? "",
          error: found.error ?? "",
          where: found.where,
        })}
      </Text>
    );
  const rows = all ? found.rows : found.rows.filter((row) => row.action !== "kept");
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Text size="sm" role="status">
          {found.member}: {changesOf(found) || t("nothing changes")}
          {found.warnings.length > 0 ? ` (${found.warnings.join(", ")})` : ""}
        </Text>
        <Switch
          size="xs"
          label={t("Show what stays, too")}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      </Group>
      <SimpleTable
        label={t("Before and after")}
        rows={rows}
        rowKey={(row) => row.tag}
        columns={[
          { head: t("Element"), cell: (row) => <span className="mono">{row.tag}</span> },
          { head: t("Name"), cell: (row) => row.name },
          { head: t("Before"), cell: (row) => <span title={row.before ?? ""}>{row.before ?? "-"}</span> },
          { head: t("After"), cell: (row) => <span title={row.after ?? ""}>{row.after ?? "-"}</span> },
          {
            head: tIn("what became of an element", "Done"),
            cell: (row) => <StateMark state={stateOf(row)} words={DONE[row.action] ?? row.action} />,
          },
        ]}
      />
    </>
  );
}

const stateOf = (row: Row) => (row.action !== "kept" && row.action in DONE ? "ok" : "off");
