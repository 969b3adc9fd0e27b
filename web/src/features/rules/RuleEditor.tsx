import { Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Gear, gearQuery, gearsQuery } from "@/api/gears";
import { LIVE } from "@/api/queries";
import { plural, t } from "@/i18n/text";
import { ConfigFields } from "@/parts/gearform/ConfigFields";
import { changed, type Draft, draftOf, readDraft } from "@/parts/gearform/config";
import { Picker } from "@/parts/pick/Picker";
import { ROLES } from "@/parts/pick/source";
import { FormDialog } from "@/ui/FormDialog";
import { ConditionRows } from "./ConditionRows";
import { listsOf, type Row, type Rule, rowsOf, saveRule } from "./rule";

interface RuleEditorProps {
  project: string;
  rule: Rule | null;
  onClose: () => void;
}

const NEW: Row[] = [{ list: "all", type: "file.type", value: "", regex: false }];

const label = ({ gear }: Gear) => `${gear.label} ${gear.version}`;

/** A rule as a form: when it fires, what it starts, set how. */
export function RuleEditor({ project, rule, onClose }: RuleEditorProps) {
  const queries = useQueryClient();
  const [name, setName] = useState(rule?.name ?? "");
  const [gearId, setGearId] = useState(rule?.gear_id ?? null);
  const [rows, setRows] = useState<Row[]>(rule ? rowsOf(rule) : NEW);
  const [trigger, setTrigger] = useState(rule?.triggering_input ?? null);
  const [role, setRole] = useState(rule?.role_id ?? null);
  const [update, setUpdate] = useState(rule?.auto_update ?? false);
  const [typed, setTyped] = useState<Draft>();
  const usable = useQuery(gearsQuery(project)).data?.results ?? [];
  // A rule may hold an older version than those offered.
  const gear = useQuery({ ...gearQuery(gearId ?? ""), enabled: gearId !== null }).data;
  const offered = gear && !usable.some((one) => one._id === gear._id) ? [gear, ...usable] : usable;
  const manifest = gear?.gear;
  const draft = typed ?? (manifest ? draftOf(manifest, gearId === rule?.gear_id ? rule?.config : {}) : {});
  const read = manifest ? readDraft(manifest, draft) : { config: {}, problems: {} };
  const inputs = Object.entries(manifest?.inputs ?? {});
  const files = inputs.filter(([, input]) => input.base === "file").map(([input]) => input);
  const acts = inputs.some(([, input]) => input.base === "api-key");
  const save = useMutation({
    mutationFn: () =>
      saveRule(project, rule?._id, {
        name: name.trim(),
        gear_id: gearId,
        ...listsOf(rows),
        triggering_input: trigger,
        role_id: acts ? role : null,
        auto_update: update,
        config: manifest ? changed(manifest, read.config) : {},
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [LIVE] });
      onClose();
    },
  });
  const ready =
    name.trim() !== "" &&
    manifest !== undefined &&
    rows.length > 0 &&
    rows.every((row) => row.value.trim() !== "") &&
    Object.keys(read.problems).length === 0;
  return (
    <FormDialog
      title={rule ? t("Edit rule") : t("New rule")}
      size="lg"
      action={t("Save rule")}
      busy={save.isPending}
      disabled={!ready}
      error={save.error}
      onClose={onClose}
      onSubmit={() => save.mutate()}
    >
      <TextInput
        label={t("Name")}
        required
        maxLength={255}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <ConditionRows rows={rows} onChange={setRows} />
      <Select
        label={t("Gear")}
        required
        searchable
        allowDeselect={false}
        placeholder={t("Choose a gear")}
        data={offered.map((one) => ({ value: one._id, label: label(one) }))}
        value={gearId}
        onChange={(next) => {
          setGearId(next);
          setTyped(undefined);
          setTrigger(null);
        }}
      />
      {files.length > 1 ? (
        <Select
          label={t("The file that fires the rule becomes")}
          placeholder={t("the only input that has to be given")}
          clearable
          data={files}
          value={trigger}
          onChange={setTrigger}
        />
      ) : null}
      {acts ? (
        <Picker
          source={ROLES}
          label={t("The gear acts with the role")}
          required
          clearable
          value={role}
          onChange={setRole}
        />
      ) : null}
      <Switch
        label={t("Take newer versions of the gear by itself")}
        checked={update}
        onChange={(event) => setUpdate(event.currentTarget.checked)}
      />
      {rule && rule.fixed_inputs.length > 0 ? (
        <Text size="sm" c="dimmed">
          {plural(
            rule.fixed_inputs.length,
            "{count} fixed input file stay as they are; programs set them.",
            "{count} fixed input files stay as they are; programs set them.",
          )}
        </Text>
      ) : null}
      {manifest ? (
        <Stack gap="md">
          <ConfigFields manifest={manifest} draft={draft} problems={read.problems} onChange={setTyped} />
        </Stack>
      ) : null}
    </FormDialog>
  );
}
