import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

interface NumberFieldProps {
  label: string;
  /** What stands before the number: `From`. */
  mark: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A number to filter by; asked for when it is complete: at Enter, or when the field is left. */
export function NumberField({ label, mark, value, onChange }: NumberFieldProps) {
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  const done = () => {
    if (text !== (value ?? "")) onChange(text || undefined);
  };
  return (
    <TextInput
      type="number"
      min={0}
      step="any"
      aria-label={label}
      leftSection={<span style={{ fontSize: 12 }}>{mark}</span>}
      leftSectionWidth={42}
      styles={{ input: { paddingInlineEnd: 6, fontSize: 13 } }}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
      }}
    />
  );
}
