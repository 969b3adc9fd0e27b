import { Autocomplete, CloseButton, NativeSelect, TagsInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/i18n/text";
import { fieldsQuery, valuesQuery } from "../search";
import classes from "./Builder.module.css";
import { COMPARING, type Condition, compare, comparing } from "./tree";

const PAUSE_MS = 150;

interface ConditionRowProps {
  condition: Condition;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

/** One field, how it is compared, and with what. */
export function ConditionRow({ condition, onChange, onRemove }: ConditionRowProps) {
  const [asking, setAsking] = useState(false);
  const [name] = useDebouncedValue(condition.field, PAUSE_MS);
  const fields = useQuery({ ...fieldsQuery(name.trim()), enabled: asking });
  const valued = condition.op !== "exists" && condition.op !== "is";
  return (
    <div className={classes.row}>
      <Autocomplete
        aria-label={t("Field")}
        placeholder={t("Field")}
        size="xs"
        value={condition.field}
        data={fields.data?.map((one) => one.name) ?? []}
        filter={({ options }) => options}
        comboboxProps={{ width: 340, position: "bottom-start" }}
        onFocus={() => setAsking(true)}
        onChange={(field) => onChange({ ...condition, field })}
      />
      <NativeSelect
        aria-label={t("Comparison")}
        size="xs"
        data={COMPARING}
        value={comparing(condition)}
        onChange={(event) => onChange(compare(condition, event.currentTarget.value))}
      />
      {valued ? <Values condition={condition} onChange={onChange} /> : <span />}
      <CloseButton size={28} aria-label={t("Remove this condition")} onClick={onRemove} />
    </div>
  );
}

function Values({ condition, onChange }: Pick<ConditionRowProps, "condition" | "onChange">) {
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const text = condition.op === "in" ? typed : (condition.values[0] ?? "");
  const [paused] = useDebouncedValue(text, PAUSE_MS);
  const found = useQuery({
    ...valuesQuery(condition.field, paused),
    enabled: asking && condition.field !== "",
  });
  const shared = {
    size: "xs",
    data: [...new Set(found.data ?? [])],
    filter: <O,>({ options }: { options: O }) => options,
    onFocus: () => setAsking(true),
  } as const;
  if (condition.op === "in")
    return (
      <TagsInput
        {...shared}
        aria-label={t("Values")}
        placeholder={t("Value, then Enter")}
        acceptValueOnBlur
        value={condition.values}
        searchValue={typed}
        onSearchChange={setTyped}
        onChange={(values) => onChange({ ...condition, values })}
      />
    );
  return (
    <Autocomplete
      {...shared}
      aria-label={t("Value")}
      placeholder={t("Value")}
      value={text}
      onChange={(value) => onChange({ ...condition, values: [value] })}
    />
  );
}
