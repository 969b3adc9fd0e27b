import { MultiSelect, Select, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { actionsQuery } from "@/api/queries";
import { sdkKey } from "@/api/sdkKey";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { ShownOnce } from "@/ui/ShownOnce";
import { explained, sectionsOf } from "../actions/explanations";
import { ManyPicker } from "../pick/Picker";
import { PROJECTS } from "../pick/source";
import { actionsOf, endOf, KINDS, type Kind } from "./scope";

interface NewKeyDialogProps {
  path: string;
  restrictable: boolean;
  stale: readonly unknown[];
  onClose: () => void;
}

/** Makes a key, whole or restricted, and shows it this once in the form that SDK and command line take. */
export function NewKeyDialog({ path, restrictable, stale, onClose }: NewKeyDialogProps) {
  const [label, setLabel] = useState("");
  const [until, setUntil] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  const [chosen, setChosen] = useState<string[]>([]);
  const [projects, setProjects] = useState<string[]>([]);
  const actions = useQuery({ ...actionsQuery, enabled: restrictable });
  const known = actions.data ?? [];
  const limit = actionsOf(
    kind,
    known.map((one) => one.action),
    chosen,
  );
  const refresh = useChange(async () => null, stale);
  const make = useMutation({
    mutationFn: () =>
      api.post<{ unencrypted_secret: string }>(path, {
        label: label.trim(),
        expires_at: endOf(until),
        ...(limit || projects.length > 0
          ? { scope: { actions: limit, projects: projects.length > 0 ? projects : null } }
          : {}),
      }),
    onSuccess: () => refresh.mutate(undefined),
  });
  if (make.data) {
    return (
      <ShownOnce
        title={t("New key")}
        words={t("Copy the key now. It is not shown again.")}
        secret={sdkKey(window.location.origin, make.data.unencrypted_secret)}
        onClose={onClose}
      >
        {restrictable ? (
          <Text size="sm" c="dimmed">
            {t("For the Python SDK:")} <code className="mono">flywheel.Client("…")</code>
          </Text>
        ) : null}
      </ShownOnce>
    );
  }
  return (
    <FormDialog
      title={t("New key")}
      action={t("Create key")}
      busy={make.isPending}
      disabled={kind === "chosen" && chosen.length === 0}
      error={make.error}
      onClose={onClose}
      onSubmit={() => make.mutate()}
    >
      <TextInput
        label={t("Label")}
        description={t("What the key is for; shown in the list.")}
        placeholder={t("analysis laptop")}
        maxLength={256}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        type="date"
        label={t("Works until")}
        description={t("Empty: until it is deleted.")}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      {restrictable ? (
        <>
          <Select
            label={t("What it may do")}
            description={t("Never more than its owner may.")}
            allowDeselect={false}
            data={KINDS}
            value={kind}
            onChange={(value) => setKind((value ?? "all") as Kind)}
          />
          {kind === "chosen" ? (
            <MultiSelect
              label={t("Actions")}
              searchable
              hidePickedOptions
              placeholder={chosen.length === 0 ? t("Choose actions") : ""}
              nothingFoundMessage={t("No action matches")}
              maxDropdownHeight={280}
              data={sectionsOf(known).map((section) => ({
                group: section.title,
                items: section.actions.map((one) => ({ value: one.action, label: explained(one) })),
              }))}
              value={chosen}
              onChange={setChosen}
            />
          ) : null}
          <ManyPicker
            source={PROJECTS}
            label={t("Only in these projects")}
            placeholder={t("All projects")}
            value={projects}
            onChange={setProjects}
          />
        </>
      ) : null}
    </FormDialog>
  );
}
