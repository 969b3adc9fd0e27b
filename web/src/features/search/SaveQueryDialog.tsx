import { Radio, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE, useMe } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import { t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { GROUPS, PROJECTS } from "@/parts/pick/source";
import { FormDialog } from "@/ui/FormDialog";
import { LabelFields } from "@/ui/LabelFields";
import { OverOrNew, type SaveAs } from "@/ui/OverOrNew";
import type { SavedQuery } from "./saved";
import type { SearchQuery } from "./search";

interface SaveQueryDialogProps {
  search: SearchQuery;
  saved: SavedQuery | undefined;
  onSaved: (id: string) => void;
  onClose: () => void;
}

/** Keeps the query that is shown: over the old one, or as a new one for those who shall see it. */
export function SaveQueryDialog({ search, saved, onSaved, onClose }: SaveQueryDialogProps) {
  const { user } = useMe();
  const admin = useIsAdmin();
  const queries = useQueryClient();
  const [over, setOver] = useState<SaveAs>(saved ? "over" : "new");
  const [label, setLabel] = useState(saved?.label ?? "");
  const [description, setDescription] = useState(saved?.description ?? "");
  const [type, setType] = useState<string>("user");
  const [place, setPlace] = useState<string | null>(null);
  const placed = type === "project" || type === "group";
  const save = useMutation({
    mutationFn: async () => {
      const body = { label: label.trim(), description: description.trim() || null, search };
      if (over === "over" && saved) {
        await api.put(`/dataexplorer/queries/${saved._id}`, body);
        return saved._id;
      }
      const parent = { type, id: placed ? place : type === "site" ? "site" : user._id };
      return (await api.post<{ _id: string }>("/dataexplorer/queries", { ...body, parent }))._id;
    },
    onSuccess: (id) => {
      void queries.invalidateQueries({ queryKey: [LIVE, "search", "saved"] });
      onClose();
      onSaved(id);
    },
  });
  return (
    <FormDialog
      title={t("Save query")}
      size="sm"
      action={t("Save query")}
      busy={save.isPending}
      disabled={!label.trim() || (over === "new" && placed && !place)}
      error={save.error}
      onClose={onClose}
      onSubmit={() => save.mutate()}
    >
      {saved ? <OverOrNew what={t("query")} value={over} onChange={setOver} /> : null}
      <LabelFields
        label={label}
        description={description}
        onLabel={setLabel}
        onDescription={setDescription}
      />
      {over === "new" ? (
        <>
          <Radio.Group
            label={t("Who may use it")}
            value={type}
            onChange={(next) => {
              setType(next);
              setPlace(null);
            }}
          >
            <Stack gap={8} mt={6}>
              <Radio value="user" label={t("Only me")} />
              <Radio value="project" label={t("Everybody in a project")} />
              <Radio value="group" label={t("Everybody in a group")} />
              {admin ? <Radio value="site" label={t("Everybody")} /> : null}
            </Stack>
          </Radio.Group>
          {type === "project" ? (
            <Picker source={PROJECTS} label={t("Project")} value={place} onChange={setPlace} />
          ) : null}
          {type === "group" ? (
            <Picker source={GROUPS} label={t("Group")} value={place} onChange={setPlace} />
          ) : null}
        </>
      ) : null}
    </FormDialog>
  );
}
