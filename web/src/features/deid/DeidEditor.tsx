import { Button, Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { api } from "@/api/client";
import { useChange } from "@/api/useChange";
import { plural, t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import classes from "./Deid.module.css";
import {
  checkQuery,
  type Effective,
  effectiveQuery,
  type Place,
  STARTS,
  schemaQuery,
  versionQuery,
} from "./deid";
import { EffectivePanel } from "./EffectivePanel";
import { HistoryPanel } from "./HistoryPanel";
import { TryPanel } from "./TryPanel";

const CodeEditor = lazy(() =>
  import("@/viewers/code/CodeEditor").then((found) => ({ default: found.CodeEditor })),
);
const PAUSE_MS = 400;

interface DeidEditorProps {
  place: Place;
  mayEdit: boolean;
  project: string | null;
  /** Other places the text can be saved to. */
  others?: Place[];
}

/** The profile of a place: what applies, the text with its issues, what it would do, what it was before. */
export function DeidEditor(props: DeidEditorProps) {
  const found = useQuery(effectiveQuery(props.place));
  const own = found.data?.own;
  const kept = useQuery({ ...versionQuery(props.place, own?.version ?? 0), enabled: Boolean(own) });
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("profile")} onRetry={() => void found.refetch()} />;
  if (!found.data || (own && !kept.data)) return <Loading />;
  const text = own ? (kept.data?.text ?? "") : "";
  // Somebody else's save starts the editor anew.
  return <Editor key={`${own?.version ?? 0}`} {...props} found={found.data} saved={text} />;
}

function Editor({
  place,
  mayEdit,
  project,
  others = [],
  found,
  saved,
}: DeidEditorProps & { found: Effective; saved: string }) {
  const [text, setText] = useState(saved);
  const [locked, setLocked] = useState(found.own?.locked ?? false);
  const [target, setTarget] = useState(place.path);
  const [paused] = useDebouncedValue(text, PAUSE_MS);
  const schema = useQuery(schemaQuery).data;
  const checked = useQuery({ ...checkQuery(paused), enabled: paused.trim() !== "" }).data;
  const issues = useMemo(
    () => [
      ...(checked?.errors ?? []).map((one) => ({
        ...one,
        line: one.line ?? null,
        severity: "error" as const,
      })),
      ...(checked?.warnings ?? []).map((one) => ({
        ...one,
        line: one.line ?? null,
        severity: "warning" as const,
      })),
    ],
    [checked],
  );
  const valid = checked?.valid === true && paused === text;
  const here = target === place.path;
  const changed = text !== saved || (here && locked !== (found.own?.locked ?? false)) || !here;
  const save = useChange(() =>
    api.put(`${target}/deid`, here ? { text, locked, version: found.own?.version } : { text }),
  );
  if (text === "" && saved === "")
    return (
      <Columns
        main={<Empty place={place} mayEdit={mayEdit} found={found} onStart={setText} />}
        side={
          <>
            <EffectivePanel found={found} />
            <HistoryPanel place={place} text={text} mayEdit={mayEdit} onTake={setText} />
          </>
        }
      />
    );
  return (
    <Columns
      main={
        <>
          <Panel
            title={t("Profile of {words}", { words: place.words })}
            aside={mayEdit && saved ? <TakeAway place={place} /> : null}
          >
            <Stack gap="sm">
              <Suspense fallback={<Loading rows={8} />}>
                <CodeEditor
                  label={t("Profile")}
                  value={text}
                  onChange={setText}
                  readOnly={!mayEdit}
                  schema={schema}
                  issues={issues}
                />
              </Suspense>
              <Issues issues={issues} />
              {mayEdit ? (
                <Group justify="space-between" gap="sm" align="flex-end">
                  <Group gap="md" align="center">
                    {others.length > 0 ? (
                      <Select
                        label={t("Save for")}
                        allowDeselect={false}
                        data={[place, ...others].map((one) => ({ value: one.path, label: one.words }))}
                        value={target}
                        onChange={(path) => setTarget(path ?? place.path)}
                      />
                    ) : null}
                    {place.level !== "project" ? (
                      <Checkbox
                        label={t("Locked: below, profiles may only be stricter")}
                        checked={locked}
                        onChange={(event) => setLocked(event.currentTarget.checked)}
                      />
                    ) : null}
                  </Group>
                  <Group gap={8}>
                    <Button
                      variant="default"
                      disabled={text === saved}
                      onClick={() => {
                        setText(saved);
                        setTarget(place.path);
                      }}
                    >
                      {t("Undo")}
                    </Button>
                    <Button
                      disabled={!valid || !changed}
                      loading={save.isPending}
                      onClick={() => save.mutate(undefined)}
                    >
                      {t("Save profile")}
                    </Button>
                  </Group>
                </Group>
              ) : null}
            </Stack>
          </Panel>
          <TryPanel project={project} text={paused} valid={valid} />
        </>
      }
      side={
        <>
          <EffectivePanel found={found} />
          <HistoryPanel place={place} text={text} mayEdit={mayEdit} onTake={setText} />
        </>
      }
    />
  );
}

interface EmptyProps {
  place: Place;
  mayEdit: boolean;
  found: Effective;
  onStart: (text: string) => void;
}

function Empty({ place, mayEdit, found, onStart }: EmptyProps) {
  const above = found.profile?.text;
  const actions = (
    <Group gap={8} justify="center">
      {above ? <Button onClick={() => onStart(above)}>{t("Start from what applies")}</Button> : null}
      {STARTS.map((start) => (
        <Button key={start.words} variant="default" onClick={() => onStart(start.text)}>
          {start.words}
        </Button>
      ))}
    </Group>
  );
  return (
    <Panel title={t("Profile")} untitled>
      <Message title={t("No profile of {words}", { words: place.words })} action={mayEdit ? actions : null}>
        {t(
          "A profile says what is removed, replaced or moved in every file before it is stored. The nearest one counts: that of the project, else of its group, else of the site.",
        )}
      </Message>
    </Panel>
  );
}

function Issues({
  issues,
}: {
  issues: { path: string; message: string; line: number | null; severity: string }[];
}) {
  const errors = issues.filter((one) => one.severity === "error").length;
  if (issues.length === 0) return null;
  return (
    <div role="status" aria-label={t("Issues")}>
      <Text size="sm" c={errors > 0 ? "var(--bad)" : "dimmed"}>
        {errors > 0
          ? plural(errors, "{count} error", "{count} errors")
          : plural(issues.length, "{count} remark", "{count} remarks")}
      </Text>
      <ul className={classes.issues}>
        {issues.map((one) => (
          <li key={`${one.line} ${one.path} ${one.message}`}>
            {one.line ? <span className="mono">{t("line {line}", { line: one.line })}</span> : null}{" "}
            {one.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function TakeAway({ place }: { place: Place }) {
  const [opened, dialog] = useDisclosure();
  const remove = useChange(() => api.delete(`${place.path}/deid`));
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="red" onClick={dialog.open}>
        {t("Take away")}
      </Button>
      <ConfirmDialog
        opened={opened}
        title={t("Take the profile of {words} away?", { words: place.words })}
        action={t("Take away")}
        busy={remove.isPending}
        onClose={dialog.close}
        onConfirm={() => remove.mutate(undefined, { onSettled: dialog.close })}
      >
        {t(
          "What stands above counts from then on: the group's, the site's, or none. Its versions stay readable.",
        )}
      </ConfirmDialog>
    </>
  );
}
