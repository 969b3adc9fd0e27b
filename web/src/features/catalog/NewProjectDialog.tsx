import { Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { rich } from "@/i18n/rich";
import { t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { FormDialog } from "@/ui/FormDialog";
import { groupIdProblem } from "./groupId";
import { NewGroupFields } from "./NewGroupFields";
import type { OwnGroups } from "./useOwnGroups";

interface Created {
  _id: string;
}

// No group id starts with a sign, so this never meets one.
const NEW_GROUP = "+";

const labelProblem = (label: string) =>
  /[/\\]/.test(label) ? t("No / or \\ here: scanners name the project between slashes.") : null;

/** Makes a project, with a new group for it when wanted, and goes to its page. */
export function NewProjectDialog({ own, onClose }: { own: OwnGroups; onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [group, setGroup] = useState<string | null>(own.none ? NEW_GROUP : own.only);
  const [newGroup, setNewGroup] = useState({ id: "", label: "" });
  const [label, setLabel] = useState("");
  const [description, setDescription] = useState("");
  const adding = group === NEW_GROUP;
  const groupId = adding ? newGroup.id.trim() : (group ?? "");
  const problem = (adding ? groupIdProblem(groupId) : null) ?? labelProblem(label);

  const make = useMutation({
    mutationFn: async () => {
      if (adding) {
        await api.post<Created>("/groups", { _id: groupId, label: newGroup.label.trim() || groupId });
        // Should the project be refused, the group is there already: the next try only chooses it.
        await queries.invalidateQueries({ queryKey: [LIVE, "/groups"] });
        setGroup(groupId);
      }
      return api.post<Created>("/projects", {
        group: groupId,
        label: label.trim(),
        description: description.trim() || null,
      });
    },
    onSuccess: async ({ _id }) => {
      void queries.invalidateQueries({ queryKey: [LIVE] });
      await navigate({ to: "/projects/$p", params: { p: _id } });
    },
  });
  return (
    <FormDialog
      title={t("New project")}
      action={t("Create project")}
      busy={make.isPending}
      disabled={!groupId || !label.trim() || problem !== null}
      error={make.error}
      onClose={onClose}
      onSubmit={() => make.mutate()}
    >
      <Picker
        source={own.source}
        label={t("Group")}
        allowDeselect={false}
        more={own.mayAdd ? [{ value: NEW_GROUP, label: t("New group…") }] : []}
        value={group}
        onChange={setGroup}
        data-autofocus={group === null || undefined}
      />
      {adding ? <NewGroupFields value={newGroup} onChange={setNewGroup} /> : null}
      <TextInput
        label={t("Project label")}
        placeholder={t("study01")}
        maxLength={255}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        error={labelProblem(label)}
        data-autofocus={(group !== null && !adding) || undefined}
      />
      <Textarea
        label={t("Description")}
        autosize
        minRows={2}
        maxRows={6}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {groupId && label.trim() && !problem ? (
        <Text size="sm" c="dimmed">
          {rich("Scanners send to it with the Patient ID {address}", {
            address: (
              <code className="mono" style={{ overflowWrap: "anywhere" }}>
                fw://{groupId}/{label.trim()}
              </code>
            ),
          })}
        </Text>
      ) : null}
    </FormDialog>
  );
}
