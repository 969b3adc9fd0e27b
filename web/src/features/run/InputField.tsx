import { Alert, Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Gear, Input } from "@/api/gears";
import { levelWord } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { type Candidate, type Near, suggestQuery } from "./suggest";

interface InputFieldProps {
  gear: Gear;
  name: string;
  input: Input;
  /** Where one begins to look. */
  target: string;
  chosen: Candidate | undefined;
  onChange: (file: Candidate | undefined) => void;
}

const ASIDE = new Set(["group", "collection"]);

const option = ({ _id, cont_type, label }: Near) => ({
  value: _id,
  label: `${levelWord(cont_type)} ${label || t("untitled")}`,
});

/** One file for an input: where it lies, and which; those that fit come first. */
export function InputField({ gear, name, input, target, chosen, onChange }: InputFieldProps) {
  const [place, setPlace] = useState(target);
  const { data, error, isFetching } = useQuery(suggestQuery(gear, place));
  const places = data
    ? [...data.parents, data, ...Object.values(data.children).flat()].filter(
        (one) => !ASIDE.has(one.cont_type),
      )
    : [];
  const files = data?.files ?? [];
  const fitting = files.filter((file) => file.suggested[name]);
  const others = files.filter((file) => !file.suggested[name]);
  const all = chosen && !files.some((file) => file.file_id === chosen.file_id) ? [chosen, ...files] : files;
  const options = (some: Candidate[]) => some.map((file) => ({ value: file.file_id, label: file.name }));
  return (
    <div>
      <Group gap="sm" align="flex-end" grow preventGrowOverflow={false}>
        <Select
          label={t("{name}: where", { name })}
          data={places.map(option)}
          value={place}
          allowDeselect={false}
          searchable
          disabled={isFetching && !data}
          onChange={(id) => id && setPlace(id)}
        />
        <Select
          label={name}
          description={input.description}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={
            files.length === 0 ? t("No files here") : input.optional ? t("None") : t("Choose a file")
          }
          required={!input.optional}
          clearable
          searchable
          data={[
            ...(all === files ? [] : [{ group: t("Chosen"), items: options(all.slice(0, 1)) }]),
            { group: t("Fits"), items: options(fitting) },
            { group: t("Does not look like it"), items: options(others) },
          ].filter((part) => part.items.length > 0)}
          value={chosen?.file_id ?? null}
          onChange={(id) => onChange(all.find((file) => file.file_id === id))}
        />
      </Group>
      {error ? (
        <Alert color="red" variant="light" p="xs" mt="xs" role="alert">
          {error.message}
        </Alert>
      ) : null}
    </div>
  );
}
