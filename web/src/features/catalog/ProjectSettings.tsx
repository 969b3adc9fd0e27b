import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { LIVE, useProject } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Project } from "@/api/types";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { LockPanel } from "./lock/LockPanel";

const WIDTH = 760;

/** What a project is called, whether it takes changes, what it demands. */
export function ProjectSettings() {
  const { p } = useParams({ strict: false }) as { p: string };
  const project = useProject(p);
  return (
    <Stack gap={16} maw={WIDTH}>
      <Name key={`${project.label} ${project.description}`} project={project} />
      <LockPanel project={project} />
      <Deleting id={p} />
    </Stack>
  );
}

function Name({ project }: { project: Project }) {
  const may = useMay(project._id)("containers_modify_metadata");
  const [label, setLabel] = useState(project.label);
  const [description, setDescription] = useState(project.description ?? "");
  const save = useChange(() =>
    api.put(`/projects/${project._id}`, { label: label.trim(), description: description.trim() || null }),
  );
  const changed = label.trim() !== project.label || description.trim() !== (project.description ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Panel title={t("Label and description")}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t("Label")}
            description={t("Scanners name the project by it: after a change they have to send the new one.")}
            maxLength={255}
            disabled={!may}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <Textarea
            label={t("Description")}
            autosize
            minRows={2}
            disabled={!may}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          {may ? (
            <Group justify="flex-end">
              <Button type="submit" disabled={!changed || !label.trim()} loading={save.isPending}>
                {t("Save")}
              </Button>
            </Group>
          ) : null}
        </Stack>
      </form>
    </Panel>
  );
}

interface Settings {
  require_delete_reason?: boolean;
}

function Deleting({ id }: { id: string }) {
  const path = `/projects/${id}/settings`;
  const may = useMay(id)("settings_modify");
  const found = useQuery({ queryKey: [LIVE, path], queryFn: () => api.get<Settings>(path) });
  const [wanted, setWanted] = useState<boolean | null>(null);
  const save = useChange((require_delete_reason: boolean) => api.put(path, { require_delete_reason }));
  const demand = (checked: boolean) => {
    setWanted(checked);
    save.mutate(checked, { onSettled: () => setWanted(null) });
  };
  return (
    <Panel title={t("Deleting")}>
      {found.isPending ? <Loading rows={2} /> : null}
      {found.error && !found.data ? (
        <Failure error={found.error} what={t("settings")} onRetry={() => void found.refetch()} />
      ) : null}
      {found.data ? (
        <Checkbox
          label={t("Deleting demands a reason")}
          description={t("Whoever deletes something here has to say why; it is kept in the access log.")}
          checked={wanted ?? found.data.require_delete_reason === true}
          disabled={!may}
          onChange={(event) => demand(event.currentTarget.checked)}
        />
      ) : null}
      <Text size="sm" c="dimmed" mt="sm">
        {t("What is deleted goes to the trash of the project first and can come back from there.")}
      </Text>
    </Panel>
  );
}
