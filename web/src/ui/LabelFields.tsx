import { Textarea, TextInput } from "@mantine/core";
import { t } from "@/i18n/text";

interface LabelFieldsProps {
  label: string;
  description: string;
  onLabel: (label: string) => void;
  onDescription: (description: string) => void;
}

/** What something new is called, and what it is for. */
export function LabelFields({ label, description, onLabel, onDescription }: LabelFieldsProps) {
  return (
    <>
      <TextInput
        label={t("Label")}
        data-autofocus
        maxLength={200}
        value={label}
        onChange={(event) => onLabel(event.currentTarget.value)}
      />
      <Textarea
        label={t("Description")}
        autosize
        minRows={2}
        value={description}
        onChange={(event) => onDescription(event.currentTarget.value)}
      />
    </>
  );
}
