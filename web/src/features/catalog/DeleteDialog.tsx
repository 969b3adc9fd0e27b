import { Select, Stack, Text, TextInput } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { listQuery } from "@/api/queries";
import type { Parents } from "@/api/types";
import { useRemoval } from "@/api/useChange";
import { countOf } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { ASKS, type Deletable } from "./deleteAsks";
import { REASON_CHOICES } from "./deleteReasons";
import { usePlace } from "./usePlace";

const BELOW = {
  project: ["subject", "session", "acquisition"],
  subject: ["session", "acquisition"],
  session: ["acquisition"],
  acquisition: [],
  analysis: [],
  collection: [],
  file: [],
} as const;

/** What shall be deleted. */
export interface Doomed {
  level: Deletable;
  id: string;
  label: string;
  parents: Parents;
}

function goes(label: string, level: Deletable, holds: string[]): string {
  if (level === "file") return t("“{label}” goes to the trash with all its versions.", { label });
  if (holds.length === 0) return t("“{label}” goes to the trash with all its files.", { label });
  const contents = holds.join(", ");
  return t("“{label}” goes to the trash with {contents}, all its files.", { label, contents });
}

/** What goes with it, and why: asked before anything is deleted. */
export function DeleteDialog({ level, id, label, parents, onClose }: Doomed & { onClose: () => void }) {
  const navigate = useNavigate();
  const above = usePlace(parents).at(-1)?.href ?? "/projects";
  const collections = parents.collection ? `/collections/${parents.collection}` : "/collections";
  const parent = level === "collection" || parents.collection ? collections : above;
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState<string | null>(null);
  const path = `/${level === "analysis" ? "analyses" : `${level}s`}/${encodeURIComponent(id)}`;
  const below = useQueries({
    queries: BELOW[level].map((kind) => listQuery<unknown>(`${path}/${kind}s`, { limit: 1 })),
  });
  const known = below.every((query) => query.data);
  const totals = BELOW[level].map((kind, at) => ({ kind, total: below[at]?.data?.total ?? 0 }));
  const many = totals.reduce((sum, { total }) => sum + total, 1) > 1;
  const remove = useRemoval(
    () => api.delete(path, { delete_reason: reason }),
    () => navigate({ to: parent }),
  );
  const holds = totals.filter(({ total }) => total > 0).map(({ kind, total }) => countOf(total, kind));
  return (
    <ConfirmDialog
      opened
      title={ASKS[level].title}
      action={ASKS[level].action}
      busy={remove.isPending}
      disabled={!known || (many && typed.trim() !== label.trim())}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
    >
      <Stack gap="sm">
        <Text style={{ overflowWrap: "anywhere" }}>{goes(label || t("untitled"), level, holds)}</Text>
        {many ? (
          <TextInput
            label={ASKS[level].confirm}
            placeholder={label}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        ) : null}
        <Select
          label={t("Reason")}
          description={t("Shown in the trash and kept in the access log; some projects demand one.")}
          placeholder={t("None given")}
          clearable
          data={REASON_CHOICES}
          value={reason}
          onChange={setReason}
        />
        {remove.error ? (
          <Text size="sm" c="red" role="alert">
            {remove.error.message}
          </Text>
        ) : null}
      </Stack>
    </ConfirmDialog>
  );
}
