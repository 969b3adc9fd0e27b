import { Checkbox, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { containerQuery, LIVE } from "@/api/queries";
import { useMayInGroup } from "@/api/rights";
import type { Misrouted } from "@/api/types";
import { rich } from "@/i18n/rich";
import { plural, t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { PROJECTS } from "@/parts/pick/source";
import { FormDialog } from "@/ui/FormDialog";
import { partsText } from "@/ui/routingWords";

interface MoveDialogProps {
  row: Misrouted;
  /** The project that may have been meant; may still be changed. */
  to?: string | undefined;
  onClose: () => void;
}

interface Moved {
  modified: number;
  remaining: number;
  /** One of those that remain. */
  next: string | null;
  flags: string[];
}

/** Says where a waiting session belongs: it alone, all that were typed alike, and those still to come. */
export function MoveDialog({ row, to, onClose }: MoveDialogProps) {
  const queries = useQueryClient();
  const { alike } = row;
  const [project, setProject] = useState<string | null>(to ?? null);
  const [subject, setSubject] = useState(row.requested.subject || row.subject?.label || "");
  const [session, setSession] = useState(row.requested.session || row.session.label);
  const [all, setAll] = useState(alike > 0);
  const [remember, setRemember] = useState(false);
  const target = useQuery({ ...containerQuery("projects", project ?? ""), enabled: project !== null });
  // A session in conflict with its subject may stay where it is, under another subject.
  const conflict = row.reason === "ok";
  const mayRemember =
    useMayInGroup(target.data?.group ?? "")("admin") && Boolean(row.requested.group) && !conflict;
  const move = useMutation({
    mutationFn: async () => {
      const also = all && alike > 0;
      const first = await moveOne(row.session._id, {
        project,
        subject: subject.trim(),
        session: session.trim(),
        also_same_string: also,
        remember_alias: remember && mayRemember,
      });
      return also ? moveRest(first, project) : first;
    },
    onSuccess: async (done) => {
      notifications.show({ message: told(done, session) });
      onClose();
      await queries.invalidateQueries({ queryKey: [LIVE] });
    },
  });
  const asked = partsText(row.requested);
  return (
    <FormDialog
      title={t("Move “{label}”", { label: row.session.label || t("untitled") })}
      action={t("Move")}
      busy={move.isPending}
      disabled={!project || !subject.trim() || !session.trim()}
      error={move.error}
      onClose={onClose}
      onSubmit={() => move.mutate()}
    >
      {asked ? (
        <Text size="sm" c="dimmed">
          {rich("The scanner asked for {asked}", { asked: <code className="mono">{asked}</code> })}
        </Text>
      ) : null}
      <Picker
        source={PROJECTS}
        taken={row.project && !conflict ? [row.project._id] : []}
        label={t("Project")}
        data-autofocus={to ? undefined : true}
        value={project}
        onChange={setProject}
      />
      <TextInput
        label={t("Subject")}
        data-autofocus={to ? true : undefined}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <TextInput
        label={t("Session")}
        value={session}
        onChange={(event) => setSession(event.currentTarget.value)}
      />
      {alike > 0 ? (
        <Checkbox
          label={plural(
            alike,
            "Also the {count} other session with the same string",
            "Also the {count} other sessions with the same string",
          )}
          description={t("They keep their own subjects and session labels.")}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      ) : null}
      {mayRemember ? (
        <Checkbox
          label={t("Remember as alias")}
          description={t("From now on this string leads there by itself.")}
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
      ) : null}
    </FormDialog>
  );
}

const moveOne = (session: string, asked: object) =>
  api.post<Moved>(`/connector/misrouted/${session}/move`, asked);

/** One request moves a bounded number: goes on until none with the string is left. */
async function moveRest(first: Moved, project: string | null): Promise<Moved> {
  let modified = first.modified;
  let last = first;
  while (last.next) {
    last = await moveOne(last.next, { project, also_same_string: true });
    modified += last.modified;
  }
  return { ...first, modified, remaining: last.remaining };
}

function told({ modified, remaining, flags }: Moved, session: string): string {
  const moved =
    modified > 1
      ? plural(modified, "{count} session was moved.", "{count} sessions were moved.")
      : t("“{session}” was moved.", { session });
  const left =
    remaining > 0
      ? plural(
          remaining,
          "{count} more session with this string still waits.",
          "{count} more sessions with this string still wait.",
        )
      : "";
  const conflict = flags.includes("subject_conflict")
    ? t("Its subject has another name there: it stays on the list until somebody says who it is.")
    : "";
  return [moved, left, conflict].filter(Boolean).join(" ");
}
