import { MultiSelect, type MultiSelectProps, Select, type SelectProps } from "@mantine/core";
import type { Source } from "./source";
import { type Option, useOptions } from "./useOptions";

interface PickerProps<T> extends Omit<SelectProps, "data" | "filter" | "onChange"> {
  source: Source<T>;
  /** Offered but not to be chosen: those who are there already. */
  taken?: string[];
  /** Choices that are not in the list. */
  more?: Option[];
  onChange: NonNullable<SelectProps["onChange"]>;
}

/** One of a list of any length, found by typing. */
export function Picker<T extends { _id: string }>({
  source,
  taken = [],
  more = [],
  value,
  ...props
}: PickerProps<T>) {
  const listed = value && !more.some((one) => one.value === value) ? [value] : [];
  const { options, field } = useOptions(source, listed, taken);
  return (
    <Select
      placeholder={source.placeholder}
      {...field}
      {...props}
      value={value ?? null}
      data={[...options, ...more]}
    />
  );
}

interface ManyPickerProps<T> extends Omit<MultiSelectProps, "data" | "filter" | "value" | "onChange"> {
  source: Source<T>;
  value: string[];
  onChange: (ids: string[]) => void;
}

/** Some of a list of any length, each found by typing. */
export function ManyPicker<T extends { _id: string }>({
  source,
  value,
  placeholder = source.placeholder,
  ...props
}: ManyPickerProps<T>) {
  const { options, field } = useOptions(source, value, []);
  return (
    <MultiSelect
      {...field}
      {...props}
      placeholder={value.length === 0 ? placeholder : ""}
      hidePickedOptions
      value={value}
      data={options}
    />
  );
}
