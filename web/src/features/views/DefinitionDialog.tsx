import { Button, Group, JsonInput, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { rich } from "@/i18n/rich";
import { t } from "@/i18n/text";
import type { ViewSpec } from "@/parts/views/view";

interface DefinitionDialogProps {
  spec: ViewSpec;
  onClose: () => void;
  onSave: (spec: ViewSpec) => void;
}

function read(text: string): ViewSpec | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return t("A view is an object: {braces}", { braces: "{ … }" });
    return { ...value, columns: (value as { columns?: ViewSpec["columns"] }).columns ?? [] };
  } catch (error) {
    return (error as Error).message;
  }
}

/** The whole definition, with what the builder has no fields for: groups, files, computed columns. */
export function DefinitionDialog({ spec, onClose, onSave }: DefinitionDialogProps) {
  const [text, setText] = useState(() => JSON.stringify(spec, null, 2));
  const parsed = read(text);
  return (
    <Modal opened onClose={onClose} title={t("Definition as JSON")} size="lg">
      <Text size="sm" c="dimmed" mb="sm">
        {rich(
          "As the Python SDK sends it. Here a view can also read tables inside files ({files}), compute ({compute}) and group rows ({group}).",
          { files: <code>fileSpec</code>, compute: <code>expr</code>, group: <code>groupBy</code> },
        )}
      </Text>
      <JsonInput
        aria-label={t("Definition")}
        autosize
        minRows={12}
        maxRows={26}
        classNames={{ input: "mono" }}
        value={text}
        onChange={setText}
        error={typeof parsed === "string" ? parsed : null}
        data-autofocus
      />
      <Group justify="flex-end" mt="md" gap={8}>
        <Button variant="default" onClick={onClose}>
          {t("Cancel")}
        </Button>
        <Button
          disabled={typeof parsed === "string"}
          onClick={() => {
            if (typeof parsed === "string") return;
            onSave(parsed);
            onClose();
          }}
        >
          {t("Use it")}
        </Button>
      </Group>
    </Modal>
  );
}
