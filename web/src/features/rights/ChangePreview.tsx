import { Alert, Button, Text } from "@mantine/core";
import { IconEyeSearch } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Preview } from "@/api/types";
import { countOf } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { bytes } from "@/ui/format";
import { StateMark } from "@/ui/StateMark";
import classes from "./ChangePreview.module.css";

/** A change of permissions as the server's dry run takes it. */
export type Change =
  | { change: "role"; role: string; actions: string[] }
  | { change: "project"; project: string; user: string; role_ids: string[] };

const LEVELS = ["subject", "session", "file"] as const;

/** What a change would touch, asked for before it is made. */
export function ChangePreview({ change, disabled = false }: { change: Change; disabled?: boolean }) {
  const asked = JSON.stringify(change);
  const run = useMutation({
    mutationFn: async () => ({ asked, found: await api.post<Preview>("/access/preview", change) }),
  });
  // What was asked before the change was altered says nothing about it now.
  const found = run.data?.asked === asked ? run.data.found : null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        mt="sm"
        leftSection={<IconEyeSearch size={15} />}
        disabled={disabled}
        loading={run.isPending}
        onClick={() => run.mutate()}
      >
        {t("What would this do?")}
      </Button>
      {run.error ? (
        <Alert color="red" variant="light" p="xs" mt="sm" role="alert">
          {run.error.message}
        </Alert>
      ) : null}
      {found ? <Found preview={found} /> : null}
    </>
  );
}

function Found({ preview }: { preview: Preview }) {
  const reach = LEVELS.map((level) => countOf(preview.totals[`${level}s`] ?? 0, level)).join(", ");
  const size = preview.totals.bytes ?? 0;
  return (
    <div className={classes.found} role="status">
      <Text size="sm">{preview.sentence}</Text>
      {preview.refused ? (
        <StateMark state="bad" words={t("Would be refused: {refused}", { refused: preview.refused })} />
      ) : null}
      {preview.people.length > 0 ? (
        <>
          <ul className={classes.people} aria-label={t("People touched")}>
            {preview.people.map((person) => (
              <li key={person.user}>
                <b className="cut">{person.user}</b>
                {person.gains.length > 0 ? (
                  <span className={classes.gain}>+ {person.gains.join(", ")}</span>
                ) : null}
                {person.loses.length > 0 ? (
                  <span className={classes.loss}>− {person.loses.join(", ")}</span>
                ) : null}
              </li>
            ))}
          </ul>
          <Text size="xs" c="dimmed">
            {t("The projects concerned hold {reach} ({size}).", { reach, size: bytes(size) })}
          </Text>
        </>
      ) : null}
    </div>
  );
}
