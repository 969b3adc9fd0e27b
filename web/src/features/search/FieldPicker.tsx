import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/i18n/text";
import { fieldsQuery } from "./search";

interface FieldPickerProps {
  label: string;
  taken: string[];
  onPick: (field: string) => void;
}

/** Adds one of the fields that occur, found by typing. */
export function FieldPicker({ label, taken, onPick }: FieldPickerProps) {
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed, 150);
  const [opened, setOpened] = useState(false);
  const found = useQuery({ ...fieldsQuery(words.trim()), enabled: opened });
  return (
    <Select
      aria-label={label}
      placeholder={label}
      size="xs"
      searchable
      value={null}
      searchValue={typed}
      onSearchChange={setTyped}
      onDropdownOpen={() => setOpened(true)}
      data={(found.data ?? []).map((one) => one.name).filter((name) => !taken.includes(name))}
      filter={({ options }) => options}
      nothingFoundMessage={found.isPending ? t("Searching…") : t("No field matches")}
      comboboxProps={{ width: 340, position: "bottom-start" }}
      onChange={(field) => {
        if (!field) return;
        setTyped("");
        onPick(field);
      }}
    />
  );
}
