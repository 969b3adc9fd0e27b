import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError, api } from "@/api/client";
import type { Gear } from "@/api/gears";
import type { JobDetail } from "@/api/jobs";
import { t, tIn } from "@/i18n/text";
import { ConfigFields } from "@/parts/gearform/ConfigFields";
import { draftOf, readDraft } from "@/parts/gearform/config";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Told } from "@/ui/Told";
import { InputField } from "./InputField";
import { type Candidate, fileInputs, filesOf, firstChoice } from "./suggest";

interface RunFormProps {
  gear: Gear;
  target: { _id: string; container_type: string };
  files: Candidate[];
  wanted: string | undefined;
  /** The run that this one is like, as the form opens. */
  again: JobDetail | undefined;
}

interface Started {
  _id: string;
  job_id?: string;
}

/** Inputs and options of one run, and the button that asks for it. */
export function RunForm({ gear, target, files, wanted, again }: RunFormProps) {
  const navigate = useNavigate();
  const manifest = gear.gear;
  const analyses = gear.category === "analysis";
  const [chosen, setChosen] = useState(() => (again ? filesOf(again) : firstChoice(manifest, files, wanted)));
  const [draft, setDraft] = useState(() => draftOf(manifest, again?.config.config));
  const [label, setLabel] = useState(() =>
    analyses ? `${manifest.label} ${dateTime(new Date().toISOString())}` : "",
  );
  const { config, problems } = readDraft(manifest, draft);
  const inputs = fileInputs(manifest);
  const missing = inputs.filter(([name, input]) => !input.optional && !chosen[name]).map(([name]) => name);
  const start = useMutation({
    mutationFn: () => {
      const refs = Object.entries(chosen).map(([name, { file_id, version }]) => [name, { file_id, version }]);
      const job = { gear_id: gear._id, inputs: Object.fromEntries(refs), config };
      if (analyses)
        return api.post<Started>(`/containers/${target._id}/analyses`, { label: label.trim(), job });
      const destination = { type: target.container_type, id: target._id };
      return api.post<Started>("/jobs/add", { ...job, destination, label: label.trim() || null });
    },
    onSuccess: ({ _id, job_id }) => navigate({ to: "/jobs/$j", params: { j: job_id ?? _id } }),
  });
  // What the server refuses of an option is said at the option.
  const key = start.error instanceof ApiError ? start.error.fields.key : undefined;
  const refused: Record<string, string> =
    typeof key === "string" && key in manifest.config && start.error ? { [key]: start.error.message } : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const ready =
    missing.length === 0 && Object.keys(problems).length === 0 && (!analyses || label.trim() !== "");
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Panel title={t("Inputs")}>
          <Stack gap="md">
            {inputs.length === 0 ? <Text c="dimmed">{t("This gear reads no files.")}</Text> : null}
            {inputs.map(([name, input]) => (
              <InputField
                key={name}
                gear={gear}
                name={name}
                input={input}
                target={target._id}
                chosen={chosen[name]}
                onChange={(file) => {
                  const { [name]: _, ...rest } = chosen;
                  setChosen(file ? { ...rest, [name]: file } : rest);
                }}
              />
            ))}
          </Stack>
        </Panel>
        {Object.keys(manifest.config).length > 0 ? (
          <Panel title={t("Configuration")}>
            <ConfigFields
              manifest={manifest}
              draft={draft}
              problems={{ ...refused, ...problems }}
              onChange={setDraft}
            />
          </Panel>
        ) : null}
        <Panel title={tIn("action", "Run")}>
          <TextInput
            label={analyses ? t("Label of the analysis") : t("Label")}
            required={analyses}
            maxLength={255}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          {start.error ? <Told error={start.error} /> : null}
          <Group justify="space-between" mt="md">
            <Text size="sm" c="dimmed" role="status">
              {missing.length > 0 ? t("Still to choose: {inputs}.", { inputs: missing.join(", ") }) : ""}
            </Text>
            <Button type="submit" loading={start.isPending} disabled={!ready}>
              {tIn("action", "Run")}
            </Button>
          </Group>
        </Panel>
      </Stack>
    </form>
  );
}
