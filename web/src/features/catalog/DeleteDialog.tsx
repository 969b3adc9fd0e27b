import { Select, Stack, Text, TextInput } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { listQuery } from "@/api/queries";
import type { Parents } from "@/api/types";
import { useRemoval } from "@/api/useChange";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { count } from "@/ui/format";
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
  level: keyof typeof BELOW;
  id: string;
  label: string;
  parents: Parents;
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
  const holds = totals.filter(({ total }) => total > 0).map(({ kind, total }) => count(total, kind));
  return (
    <ConfirmDialog
      opened
      title={`Delete this ${level}?`}
      action={`Delete ${level}`}
      busy={remove.isPending}
      disabled={!known || (many && typed.trim() !== label.trim())}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
    >
      <Stack gap="sm">
        <Text style={{ overflowWrap: "anywhere" }}>
          “{label || "untitled"}” goes to the trash with{" "}
          {level === "file" ? "all its versions" : [...holds, "all its files"].join(", ")}.
        </Text>
        {many ? (
          <TextInput
            label={`Type the ${level}’s label to confirm`}
            placeholder={label}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        ) : null}
        <Select
          label="Reason"
          description="Shown in the trash and kept in the access log; some projects demand one."
          placeholder="None given"
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
