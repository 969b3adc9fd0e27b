import { Group, Pill, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import type { Place } from "./place";

/** Tags: add one with Enter, take one away with its cross. */
export function TagsPanel({ place, tags }: { place: Place; tags: string[] }) {
  const [text, setText] = useState("");
  const add = useChange((tag: string) =>
    place.isFile ? api.patch(`${place.path}/tags`, [tag]) : api.post(`${place.path}/tags`, { value: tag }),
  );
  const remove = useChange((tag: string) =>
    place.isFile
      ? api.put(
          `${place.path}/tags`,
          tags.filter((one) => one !== tag),
        )
      : api.delete(`${place.path}/tags/${encodeURIComponent(tag)}`),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const tag = text.trim();
    if (!tag || tags.includes(tag)) return;
    setText("");
    add.mutate(tag);
  };
  const mayEdit = place.may("tags_manage");
  return (
    <Panel title={t("Tags")}>
      {tags.length === 0 && !mayEdit ? <span className="dim">{t("No tags.")}</span> : null}
      {tags.length > 0 ? (
        <Group gap={6} mb={mayEdit ? 10 : 0}>
          {tags.map((tag) => (
            <Pill
              key={tag}
              size="md"
              withRemoveButton={mayEdit}
              onRemove={() => remove.mutate(tag)}
              removeButtonProps={{
                "aria-label": t("Remove tag {tag}", { tag }),
                "aria-hidden": false,
                tabIndex: 0,
              }}
            >
              {tag}
            </Pill>
          ))}
        </Group>
      ) : null}
      {mayEdit ? (
        <form onSubmit={submit}>
          <TextInput
            aria-label={t("New tag")}
            placeholder={t("Add a tag, then Enter")}
            maxLength={64}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </form>
      ) : null}
    </Panel>
  );
}
