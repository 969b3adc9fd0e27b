import { JsonInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Info } from "@/api/types";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { readSettings, settingsQuery } from "./site";

/** The settings as text; keys that are left out stay as they are. */
export function SettingsDialog({ settings, onClose }: { settings: Info; onClose: () => void }) {
  const queries = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(settings, null, 2));
  const read = readSettings(text);
  const save = useMutation({
    mutationFn: (body: Info) => api.put("/site/settings", body),
    onSuccess: async () => {
      await queries.invalidateQueries(settingsQuery);
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("Settings that clients read")}
      size="lg"
      action={t("Save settings")}
      busy={save.isPending}
      disabled={"problem" in read}
      error={save.error}
      onClose={onClose}
      onSubmit={() => "settings" in read && save.mutate(read.settings)}
    >
      <JsonInput
        label={t("Settings")}
        description={t("Keys that are left out stay as they are.")}
        autosize
        minRows={8}
        maxRows={20}
        error={"problem" in read ? read.problem : null}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12.5 } }}
        value={text}
        onChange={setText}
      />
    </FormDialog>
  );
}
