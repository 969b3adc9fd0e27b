import { ActionIcon, Button, NumberInput, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import classes from "./TemplatesPage.module.css";
import type { AcquisitionRule, FileRule } from "./template";

interface AcquisitionFieldsProps {
  rule: AcquisitionRule;
  mayEdit: boolean;
  onChange: (rule: AcquisitionRule) => void;
  onRemove: () => void;
}

/** How many acquisitions of a kind there must be, and which files in each. */
export function AcquisitionFields({ rule, mayEdit, onChange, onRemove }: AcquisitionFieldsProps) {
  const files = rule.files ?? [];
  const file = (at: number, next: FileRule) =>
    onChange({ ...rule, files: files.map((one, place) => (place === at ? next : one)) });
  const text = (
    label: string,
    value: string | undefined,
    change: (text: string) => void,
    hint = t("any"),
  ) => (
    <TextInput
      size="xs"
      label={label}
      placeholder={hint}
      maxLength={500}
      disabled={!mayEdit}
      value={value ?? ""}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
  return (
    <li className={classes.rule}>
      <div className={classes.fields}>
        {text(t("Acquisition label"), rule.label, (label) => onChange({ ...rule, label }), "T1w")}
        {text(t("Tag"), rule.tags, (tags) => onChange({ ...rule, tags }))}
        <Bounds rule={rule} mayEdit={mayEdit} onChange={(bounds) => onChange({ ...rule, ...bounds })} />
        {mayEdit ? <Remove words={t("Remove this acquisition")} onClick={onRemove} /> : <span />}
      </div>
      {files.length > 0 ? (
        <ul className={classes.files}>
          {files.map((one, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rules have no identity but their place
            <li key={at} className={classes.file}>
              {text(t("File type"), one.type, (type) => file(at, { ...one, type }), "dicom")}
              {text(t("File name"), one.name, (name) => file(at, { ...one, name }))}
              {text(t("Classification"), one.classification, (classification) =>
                file(at, { ...one, classification }),
              )}
              <Bounds rule={one} mayEdit={mayEdit} onChange={(bounds) => file(at, { ...one, ...bounds })} />
              {mayEdit ? (
                <Remove
                  words={t("Remove this file")}
                  onClick={() => onChange({ ...rule, files: files.filter((_, place) => place !== at) })}
                />
              ) : (
                <span />
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {mayEdit ? (
        <Button
          className={classes.more ?? ""}
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange({ ...rule, files: [...files, { type: "", minimum: 1 }] })}
        >
          {t("Add file")}
        </Button>
      ) : null}
    </li>
  );
}

interface BoundsProps {
  rule: { minimum: number; maximum?: number | null };
  mayEdit: boolean;
  onChange: (bounds: { minimum?: number; maximum?: number | null }) => void;
}

function Bounds({ rule, mayEdit, onChange }: BoundsProps) {
  const common = { size: "xs", min: 0, max: 1_000_000, allowDecimal: false, disabled: !mayEdit } as const;
  return (
    <>
      <NumberInput
        {...common}
        label={t("At least")}
        value={rule.minimum}
        onChange={(value) => onChange({ minimum: Number(value) || 0 })}
      />
      <NumberInput
        {...common}
        label={t("At most")}
        placeholder={t("no limit")}
        value={rule.maximum ?? ""}
        onChange={(value) => onChange({ maximum: value === "" ? null : Number(value) })}
      />
    </>
  );
}

function Remove({ words, onClick }: { words: string; onClick: () => void }) {
  return (
    <Tooltip label={words}>
      <ActionIcon variant="subtle" color="gray" size={28} mb={1} aria-label={words} onClick={onClick}>
        <IconX size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
