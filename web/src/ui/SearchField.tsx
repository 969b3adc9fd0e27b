import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

interface SearchFieldProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A filter field that waits until typing pauses. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value ?? "");
  const sent = useRef(value ?? "");
  const send = useDebouncedCallback((next: string) => {
    sent.current = next;
    onChange(next.trim() || undefined);
  }, 250);
  useEffect(() => {
    // The address changed by other means (Clear filters, Back).
    if ((value ?? "") !== sent.current.trim()) {
      sent.current = value ?? "";
      setText(value ?? "");
    }
  }, [value]);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        send(event.currentTarget.value);
      }}
      // Before whatever is clicked next: a late change would land on the page it leads to.
      onBlur={() => send.flush()}
    />
  );
}
