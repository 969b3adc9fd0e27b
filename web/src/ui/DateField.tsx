import { TextInput } from "@mantine/core";

interface DateFieldProps {
  label: string;
  /** What stands before the date: `From`. */
  mark: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A day to filter by. */
export function DateField({ label, mark, value, onChange }: DateFieldProps) {
  return (
    <TextInput
      type="date"
      aria-label={label}
      leftSection={<span style={{ fontSize: 12 }}>{mark}</span>}
      leftSectionWidth={42}
      styles={{ input: { paddingInlineEnd: 6, fontSize: 13 } }}
      value={value ?? ""}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
