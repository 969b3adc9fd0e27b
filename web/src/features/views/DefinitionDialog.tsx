import { Button, Group, JsonInput, Modal, Text } from "@mantine/core";
import { useState } from "react";
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
      return "A view is an object: { … }";
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
    <Modal opened onClose={onClose} title="Definition as JSON" size="lg">
      <Text size="sm" c="dimmed" mb="sm">
        As the Python SDK sends it. Here a view can also read tables inside files (<code>fileSpec</code>),
        compute (<code>expr</code>) and group rows (<code>groupBy</code>).
      </Text>
      <JsonInput
        aria-label="Definition"
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
          Cancel
        </Button>
        <Button
          disabled={typeof parsed === "string"}
          onClick={() => {
            if (typeof parsed === "string") return;
            onSave(parsed);
            onClose();
          }}
        >
          Use it
        </Button>
      </Group>
    </Modal>
  );
}
