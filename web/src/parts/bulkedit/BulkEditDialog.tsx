import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowLeft } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { countOf } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { ChangeForm } from "./ChangeForm";
import { ChangePreview } from "./ChangePreview";
import { type BulkLevel, changeOf, type Edited, EMPTY, saysNothing } from "./change";

const TITLES: Record<BulkLevel, { edit: string; preview: string }> = {
  subjects: { edit: t("Edit subjects"), preview: t("Edit subjects: preview") },
  sessions: { edit: t("Edit sessions"), preview: t("Edit sessions: preview") },
  acquisitions: { edit: t("Edit acquisitions"), preview: t("Edit acquisitions: preview") },
  files: { edit: t("Edit files"), preview: t("Edit files: preview") },
};

interface BulkEditDialogProps {
  level: BulkLevel;
  ids: () => Promise<string[]>;
  onClose: () => void;
}

/** What is to change, then what that would do, then it is done: all of it or nothing. */
export function BulkEditDialog({ level, ids, onClose }: BulkEditDialogProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(EMPTY);
  const [meanwhile, setMeanwhile] = useState(false);
  const change = changeOf(draft);
  const word = level.slice(0, -1);
  const path = `/x/bulk/edit/${level}`;
  const look = useMutation({
    mutationFn: async () => {
      const wanted = await ids();
      return { wanted, seen: await api.post<Edited>(path, { ids: wanted, change, preview: true }) };
    },
  });
  const write = useMutation({
    mutationFn: ({ wanted, seen }: { wanted: string[]; seen: Edited }) =>
      api.post<Edited>(path, { ids: wanted, change, stamp: seen.stamp }),
    onSuccess: ({ changed }) => {
      notifications.show({ message: t("Changed {objects}.", { objects: countOf(changed, word) }) });
      void queries.invalidateQueries({ queryKey: [LIVE] });
      onClose();
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.status !== 409) return;
      setMeanwhile(true);
      look.mutate();
    },
  });
  if (!look.data)
    return (
      <FormDialog
        title={TITLES[level].edit}
        size="lg"
        action={t("Preview")}
        busy={look.isPending}
        disabled={saysNothing(change)}
        error={look.error}
        onClose={onClose}
        onSubmit={() => look.mutate()}
      >
        <ChangeForm draft={draft} onChange={setDraft} />
      </FormDialog>
    );
  const { seen } = look.data;
  return (
    <FormDialog
      title={TITLES[level].preview}
      size="lg"
      action={t("Change {objects}", { objects: countOf(seen.changed, word) })}
      busy={write.isPending || look.isPending}
      disabled={seen.changed === 0}
      error={meanwhile ? null : write.error}
      onClose={onClose}
      onSubmit={() => {
        setMeanwhile(false);
        write.mutate(look.data);
      }}
    >
      {meanwhile ? (
        <Text size="sm" c="var(--warn)" role="status">
          {t(
            "Somebody changed some of these meanwhile. Nothing is saved yet; this is what would change now.",
          )}
        </Text>
      ) : null}
      <ChangePreview seen={seen} word={word} />
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconArrowLeft size={14} />}
          onClick={() => {
            setMeanwhile(false);
            write.reset();
            look.reset();
          }}
        >
          {t("Back to the change")}
        </Button>
      </div>
    </FormDialog>
  );
}
