import { TagsInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { plural, t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import type { SearchQuery } from "./search";

interface Tagged {
  tagged: number;
  refused: number;
}

/** Which tags everything that was chosen gets besides its own. */
export function TagDialog({ asked, onClose }: { asked: SearchQuery; onClose: () => void }) {
  const queries = useQueryClient();
  const [tags, setTags] = useState<string[]>([]);
  const add = useMutation({
    mutationFn: () => api.post<Tagged>("/dataexplorer/search/tag", { query: asked, tags }),
    onSuccess: ({ tagged, refused }) => {
      const done = plural(tagged, "Tagged {count} object.", "Tagged {count} objects.");
      const left =
        refused > 0
          ? plural(refused, "{count} object you may not tag.", "{count} objects you may not tag.")
          : "";
      notifications.show({ message: `${done} ${left}`.trim() });
      void queries.invalidateQueries({ queryKey: [LIVE] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("Add tags")}
      size="sm"
      action={t("Add tags")}
      busy={add.isPending}
      disabled={tags.length === 0}
      error={add.error}
      onClose={onClose}
      onSubmit={() => add.mutate()}
    >
      <TagsInput
        label={t("Tags")}
        description={t("Press Enter after each.")}
        data-autofocus
        acceptValueOnBlur
        maxLength={64}
        value={tags}
        onChange={setTags}
      />
    </FormDialog>
  );
}
