import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import type { Gear } from "@/api/gears";
import { LIVE } from "@/api/queries";
import { t } from "@/i18n/text";
import { ConfigFields } from "@/parts/gearform/ConfigFields";
import { draftOf, readDraft } from "@/parts/gearform/config";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Told } from "@/ui/Told";
import { fileInputs } from "../suggest";
import type { Choices, Proposal, Target } from "./batch";
import { ProposalPanels } from "./ProposalPanels";

const POLICIES = [
  { value: "ignored", label: t("Leave optional inputs empty") },
  { value: "flexible", label: t("Fill optional inputs where one file fits") },
  { value: "required", label: t("Treat optional inputs as needed") },
];
const UNITS = [
  { value: "acquisition", label: t("One job for each acquisition") },
  { value: "session", label: t("One job for each session") },
];

/** How the gear is set, then what it would be run on, then the button that starts it all. */
export function BatchForm({ gear, targets }: { gear: Gear; targets: Target[] }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const manifest = gear.gear;
  const analyses = gear.category === "analysis";
  const inputs = fileInputs(manifest);
  const [draft, setDraft] = useState(() => draftOf(manifest));
  const [policy, setPolicy] = useState("ignored");
  const [level, setLevel] = useState("acquisition");
  const [label, setLabel] = useState(() => `${manifest.label} ${dateTime(new Date().toISOString())}`);
  const { config, problems } = readDraft(manifest, draft);
  const propose = useMutation({
    mutationFn: (choices: Choices) =>
      api.post<Proposal>("/batch", {
        gear_id: gear._id,
        targets,
        config,
        choices,
        ...(inputs.length > 0 ? { optional_input_policy: policy, level } : {}),
        ...(analyses ? { analysis: { label: label.trim() } } : {}),
      }),
  });
  const run = useMutation({
    mutationFn: (id: string) => api.post(`/batch/${id}/run`),
    onSuccess: async (_, id) => {
      void queries.invalidateQueries({ queryKey: [LIVE] });
      await navigate({ to: "/batch/$b", params: { b: id } });
    },
  });
  // What was proposed holds for what was asked only.
  const set = <T,>(change: (value: T) => void) => {
    return (value: T) => {
      change(value);
      propose.reset();
    };
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    propose.mutate({});
  };
  return (
    <>
      <form onSubmit={submit} noValidate>
        <Panel title={t("How")}>
          <Stack gap="md">
            {inputs.length > 0 ? (
              <Select
                label={t("Files are looked at together by")}
                allowDeselect={false}
                data={UNITS}
                value={level}
                onChange={(next) => next && set(setLevel)(next)}
              />
            ) : null}
            {inputs.some(([, input]) => input.optional) ? (
              <Select
                label={t("Optional inputs")}
                allowDeselect={false}
                data={POLICIES}
                value={policy}
                onChange={(next) => next && set(setPolicy)(next)}
              />
            ) : null}
            <ConfigFields manifest={manifest} draft={draft} problems={problems} onChange={set(setDraft)} />
            {analyses ? (
              <TextInput
                label={t("Label of the analyses")}
                required
                maxLength={255}
                value={label}
                onChange={(event) => set(setLabel)(event.currentTarget.value)}
              />
            ) : null}
            {propose.error ? <Told error={propose.error} /> : null}
            <Group justify="flex-end">
              <Button
                type="submit"
                variant={propose.data ? "default" : "filled"}
                loading={propose.isPending}
                disabled={Object.keys(problems).length > 0 || (analyses && !label.trim())}
              >
                {t("See what fits")}
              </Button>
            </Group>
          </Stack>
        </Panel>
      </form>
      {propose.data ? (
        <ProposalPanels
          proposal={propose.data}
          busy={propose.isPending || run.isPending}
          error={run.error}
          onChoose={propose.mutate}
          chosen={propose.variables ?? {}}
          onRun={run.mutate}
        />
      ) : null}
    </>
  );
}
