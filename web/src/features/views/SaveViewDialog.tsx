import { Radio, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE, useMe } from "@/api/queries";
import { useIsAdmin, useMay } from "@/api/rights";
import { t } from "@/i18n/text";
import type { SavedView, ViewSpec } from "@/parts/views/view";
import { FormDialog } from "@/ui/FormDialog";
import { LabelFields } from "@/ui/LabelFields";
import { OverOrNew, type SaveAs } from "@/ui/OverOrNew";

interface SaveViewDialogProps {
  spec: ViewSpec;
  saved: SavedView | null;
  project: string;
  onClose: () => void;
}

/** Saves a view: over the old one, or as a new one for those who shall see it. */
export function SaveViewDialog({ spec, saved, project, onClose }: SaveViewDialogProps) {
  const { user } = useMe();
  const admin = useIsAdmin();
  const shares = useMay(project)("data_views_manage");
  const mayChange = saved && (saved.parent === user._id || (saved.parent === project && shares) || admin);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [over, setOver] = useState<SaveAs>(mayChange ? "over" : "new");
  const [label, setLabel] = useState(saved?.label ?? "");
  const [description, setDescription] = useState(saved?.description ?? "");
  const [parent, setParent] = useState(shares ? project : user._id);
  const save = useMutation({
    mutationFn: async () => {
      const body = { ...spec, label: label.trim(), description: description.trim() || null };
      if (over === "over" && saved) {
        await api.put(`/views/${saved._id}`, body);
        return saved._id;
      }
      const path = `/containers/${encodeURIComponent(parent)}/views`;
      return (await api.post<{ _id: string }>(path, body))._id;
    },
    onSuccess: async (v) => {
      await queries.invalidateQueries({ queryKey: [LIVE, "views"] });
      onClose();
      await navigate({
        to: "/projects/$p/views/$v",
        params: { p: project, v },
        search: ({ run, sort }: { run?: string; sort?: string }) => ({
          ...(run ? { run } : {}),
          ...(sort ? { sort } : {}),
        }),
      });
    },
  });
  return (
    <FormDialog
      title={t("Save data view")}
      size="sm"
      action={t("Save view")}
      busy={save.isPending}
      disabled={!label.trim()}
      error={save.error}
      onClose={onClose}
      onSubmit={() => save.mutate()}
    >
      {mayChange ? <OverOrNew what={t("view")} value={over} onChange={setOver} /> : null}
      <LabelFields
        label={label}
        description={description}
        onLabel={setLabel}
        onDescription={setDescription}
      />
      {over === "new" ? (
        <Radio.Group label={t("Who may run it")} value={parent} onChange={setParent}>
          <Stack gap={8} mt={6}>
            {shares ? <Radio value={project} label={t("Everybody in this project")} /> : null}
            <Radio value={user._id} label={t("Only me")} />
            {admin ? <Radio value="site" label={t("Everybody, in every project")} /> : null}
          </Stack>
        </Radio.Group>
      ) : null}
    </FormDialog>
  );
}
