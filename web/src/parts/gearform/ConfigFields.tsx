import { Select, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import type { Manifest, Option } from "@/api/gears";
import { t } from "@/i18n/text";
import type { Draft } from "./config";

interface ConfigFieldsProps {
  manifest: Manifest;
  draft: Draft;
  problems: Record<string, string>;
  onChange: (draft: Draft) => void;
}

/** A field for each option of a gear. */
export function ConfigFields({ manifest, draft, problems, onChange }: ConfigFieldsProps) {
  return (
    <Stack gap="md">
      {Object.entries(manifest.config).map(([name, option]) => (
        <Field
          key={name}
          name={name}
          option={option}
          value={draft[name] ?? ""}
          problem={problems[name]}
          onChange={(value) => onChange({ ...draft, [name]: value })}
        />
      ))}
    </Stack>
  );
}

interface FieldProps {
  name: string;
  option: Option;
  value: string | boolean;
  problem: string | undefined;
  onChange: (value: string | boolean) => void;
}

function Field({ name, option, value, problem, onChange }: FieldProps) {
  const about = { label: name, description: option.description };
  if (typeof value === "boolean")
    return <Switch {...about} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
  const needed = option.default === undefined && !option.optional;
  const field = { ...about, value, error: problem, required: needed };
  if (option.enum) {
    const words = option.enum.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
    return (
      <Select
        {...field}
        value={value || null}
        data={[...new Set(words)].filter(Boolean)}
        clearable={!needed}
        onChange={(word) => onChange(word ?? "")}
      />
    );
  }
  if (option.type === "array")
    return (
      <Textarea
        {...field}
        placeholder={t("One on each line")}
        autosize
        minRows={2}
        maxRows={10}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <TextInput
      {...field}
      inputMode={option.type === "integer" || option.type === "number" ? "decimal" : "text"}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
