import { Group, Radio } from "@mantine/core";
import { t } from "@/i18n/text";

/** Whether what stands saved is changed, or something new is made of it. */
export type SaveAs = "over" | "new";

interface OverOrNewProps {
  what: string;
  value: SaveAs;
  onChange: (value: SaveAs) => void;
}

export function OverOrNew({ what, value, onChange }: OverOrNewProps) {
  return (
    <Radio.Group value={value} onChange={(next) => onChange(next as SaveAs)} aria-label={t("How to save")}>
      <Group>
        <Radio value="over" label={t("Change this {what}", { what })} />
        <Radio value="new" label={t("Save as a new {what}", { what })} />
      </Group>
    </Radio.Group>
  );
}
