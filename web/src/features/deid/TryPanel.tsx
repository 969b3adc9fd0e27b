import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { equals } from "@/api/filters";
import type { Session } from "@/api/types";
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
  placeholder: "Type to find a session",
  nothing: "No session matches",
});

const filesOf = (session: string): Source<Named> => ({
  path: "/files",
  sort: "name:asc",
  field: "name",
  only: equals("parents.session", session),
  label: (file) => file.name,
  placeholder: "Type to find a file",
  nothing: "No file matches",
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
    <Panel title="Try it on files">
      <Stack gap="sm">
        <Group grow align="flex-start" gap="sm" preventGrowOverflow={false}>
          <Picker
            label="Session"
            source={sessionsOf(project)}
            value={session}
            onChange={(id) => {
              setSession(id);
              setFile(null);
              all.reset();
            }}
          />
          {session ? (
            <Picker label="File" source={filesOf(session)} value={file} onChange={setFile} key={session} />
          ) : null}
        </Group>
        {session ? (
          <div>
            <Button variant="default" disabled={!valid} loading={all.isPending} onClick={() => all.mutate()}>
              Test the whole session
            </Button>
          </div>
        ) : (
          <Text size="sm" c="dimmed">
            Choose a session, then one of its files: every element before and after, by the text in the
            editor. Nothing is stored, and codes are not those of the project.
          </Text>
        )}
        {all.error ? <Failure error={all.error} what="test" /> : null}
        {all.data ? <Outcome results={all.data} /> : null}
        {shown.isFetching ? <Loading rows={4} /> : null}
        {shown.error ? <Failure error={shown.error} what="preview" /> : null}
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
        {results.length - refused} of {results.length} files would be taken
        {refused > 0 ? `, ${refused} refused` : ""}.
      </Text>
      <SimpleTable
        label="Files of the session"
        rows={results}
        rowKey={(row) => row.file_id}
        columns={[
          { head: "File", cell: (row) => <span title={row.name}>{row.name}</span> },
          {
            head: "Outcome",
            cell: (row) =>
              row.status === "ok" ? (
                <StateMark state="ok" words="taken" />
              ) : (
                <StateMark state="bad" words={row.error ?? "refused"} title={row.message ?? ""} />
              ),
          },
          { head: "Changes", cell: (row) => changesOf(row) },
        ]}
      />
    </>
  );
}

const changesOf = (tried: Tried) =>
  Object.entries(tried.changes)
    .map(([what, number]) => `${number} ${what.replaceAll("_", " ")}`)
    .join(", ");

const STATES = { kept: "off", added: "ok", changed: "ok", emptied: "ok", removed: "ok" } as const;

function Preview({ found }: { found: Tried }) {
  const [all, setAll] = useState(false);
  if (found.status !== "ok")
    return (
      <Text size="sm" c="var(--bad)" role="status">
        This file would be refused: {found.message} ({found.error} {found.where})
      </Text>
    );
  const rows = all ? found.rows : found.rows.filter((row) => row.action !== "kept");
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Text size="sm" role="status">
          {found.member}: {changesOf(found) || "nothing changes"}
          {found.warnings.length > 0 ? ` (${found.warnings.join(", ")})` : ""}
        </Text>
        <Switch
          size="xs"
          label="Show what stays, too"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      </Group>
      <SimpleTable
        label="Before and after"
        rows={rows}
        rowKey={(row) => row.tag}
        columns={[
          { head: "Element", cell: (row) => <span className="mono">{row.tag}</span> },
          { head: "Name", cell: (row) => row.name },
          { head: "Before", cell: (row) => <span title={row.before ?? ""}>{row.before ?? "-"}</span> },
          { head: "After", cell: (row) => <span title={row.after ?? ""}>{row.after ?? "-"}</span> },
          { head: "Done", cell: (row) => <StateMark state={stateOf(row)} words={row.action} /> },
        ]}
      />
    </>
  );
}

const stateOf = (row: Row) => STATES[row.action as keyof typeof STATES] ?? "off";
