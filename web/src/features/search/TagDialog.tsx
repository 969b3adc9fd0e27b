import { TagsInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { FormDialog } from "@/ui/FormDialog";
import { count } from "@/ui/format";
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
      const left = refused > 0 ? ` ${count(refused, "object")} you may not tag.` : "";
      notifications.show({ message: `Tagged ${count(tagged, "object")}.${left}` });
      void queries.invalidateQueries({ queryKey: [LIVE] });
      onClose();
    },
  });
  return (
    <FormDialog
      title="Add tags"
      size="sm"
      action="Add tags"
      busy={add.isPending}
      disabled={tags.length === 0}
      error={add.error}
      onClose={onClose}
      onSubmit={() => add.mutate()}
    >
      <TagsInput
        label="Tags"
        description="Press Enter after each."
        data-autofocus
        acceptValueOnBlur
        maxLength={64}
        value={tags}
        onChange={setTags}
      />
    </FormDialog>
  );
}
