import { Group, Radio } from "@mantine/core";

/** Whether what stands saved is changed, or something new is made of it. */
export type SaveAs = "over" | "new";

interface OverOrNewProps {
  what: string;
  value: SaveAs;
  onChange: (value: SaveAs) => void;
}

export function OverOrNew({ what, value, onChange }: OverOrNewProps) {
  return (
    <Radio.Group value={value} onChange={(next) => onChange(next as SaveAs)} aria-label="How to save">
      <Group>
        <Radio value="over" label={`Change this ${what}`} />
        <Radio value="new" label={`Save as a new ${what}`} />
      </Group>
    </Radio.Group>
  );
}
