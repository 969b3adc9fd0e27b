import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Info } from "@/api/types";
import { t } from "@/i18n/text";

interface RawInfoDialogProps {
  opened: boolean;
  onClose: () => void;
  info: Info;
  mayEdit: boolean;
  onSave: (info: Info) => Promise<void>;
}

function read(text: string): Info | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return t("Metadata is an object: {example}", { example: "{ … }" });
    return value as Info;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The whole metadata as JSON, checked while typing. */
export function RawInfoDialog({ opened, onClose, info, mayEdit, onSave }: RawInfoDialogProps) {
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const shown = text ?? JSON.stringify(info, null, 2);
  const parsed = read(shown);
  const close = () => {
    setText(null);
    onClose();
  };
  const save = async () => {
    if (typeof parsed === "string") return;
    setBusy(true);
    await onSave(parsed)
      .then(() => setText(null))
      .catch(() => null);
    setBusy(false);
  };
  return (
    <Modal opened={opened} onClose={close} title={t("Metadata as JSON")} size="xl">
      <Textarea
        aria-label={t("JSON")}
        autosize
        minRows={14}
        maxRows={28}
        value={shown}
        readOnly={!mayEdit}
        onChange={(event) => setText(event.currentTarget.value)}
        error={typeof parsed === "string" ? parsed : null}
        classNames={{ input: "mono" }}
        spellCheck={false}
      />
      <Group justify="flex-end" mt="md" gap={8}>
        <Button variant="default" onClick={close}>
          {mayEdit ? t("Cancel") : t("Close")}
        </Button>
        {mayEdit ? (
          <Button
            loading={busy}
            disabled={typeof parsed === "string" || text === null}
            onClick={() => void save()}
          >
            {t("Save")}
          </Button>
        ) : null}
      </Group>
    </Modal>
  );
}
