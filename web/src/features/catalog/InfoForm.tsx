import { ActionIcon, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";
import { readValue } from "@/parts/info/infoTree";
import classes from "./InfoNode.module.css";

interface InfoFormProps {
  named?: boolean;
  initial?: string;
  onSave: (name: string, value: Json) => void;
  onCancel: () => void;
}

/** A value (and for new fields its name): Enter saves, Escape leaves it. */
export function InfoForm({ named = false, initial = "", onSave, onCancel }: InfoFormProps) {
  const [name, setName] = useState("");
  const [text, setText] = useState(initial);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (named && !name.trim()) return;
    onSave(name.trim(), readValue(text));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
  };
  return (
    <form className={classes.form} onSubmit={submit} onKeyDown={keys}>
      {named ? (
        <TextInput
          size="xs"
          w={160}
          aria-label={t("Field name")}
          placeholder={t("Name")}
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : null}
      <TextInput
        size="xs"
        flex={1}
        aria-label={t("Value")}
        placeholder={t('Text, number, true, null, or JSON such as ["a", "b"]')}
        autoFocus={!named}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ActionIcon type="submit" size={30} variant="light" aria-label={t("Save")}>
        <IconCheck size={15} />
      </ActionIcon>
      <ActionIcon size={30} variant="subtle" color="gray" aria-label={t("Cancel")} onClick={onCancel}>
        <IconX size={15} />
      </ActionIcon>
    </form>
  );
}
