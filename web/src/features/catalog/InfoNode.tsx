import { ActionIcon } from "@mantine/core";
import { IconChevronRight, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { Json } from "@/api/types";
import { plural, t } from "@/i18n/text";
import { entries, type InfoPath, isBranch, writeValue } from "@/parts/info/infoTree";
import { InfoForm } from "./InfoForm";
import classes from "./InfoNode.module.css";

/** The one form that is open, and where. */
export interface OpenForm {
  kind: "edit" | "add";
  path: InfoPath;
}

interface InfoNodeProps {
  name: string | number;
  path: InfoPath;
  value: Json;
  form: OpenForm | null;
  mayEdit: boolean;
  onForm: (form: OpenForm | null) => void;
  onChange: (path: InfoPath, next: Json | undefined) => void;
}

const summary = (value: Json) =>
  Array.isArray(value)
    ? plural(value.length, "list of {count}", "list of {count}")
    : plural(entries(value).length, "{count} field", "{count} fields");

/** One key of the tree: a value to edit, or a branch to open. */
export function InfoNode({ name, path, value, form, mayEdit, onForm, onChange }: InfoNodeProps) {
  const [open, setOpen] = useState(path.length < 2 && entries(value).length <= 12);
  const here = form?.path.join("\0") === path.join("\0") ? form.kind : null;
  const branch = isBranch(value);
  const children = branch ? entries(value) : [];
  return (
    <li>
      <div className={classes.row}>
        {branch ? (
          <button type="button" className={classes.key} aria-expanded={open} onClick={() => setOpen(!open)}>
            <IconChevronRight size={14} className={classes.chevron} data-open={open || undefined} />
            {name}
          </button>
        ) : (
          <span className={classes.leaf}>{name}</span>
        )}
        {here === "edit" ? (
          <InfoForm
            initial={writeValue(value)}
            onSave={(_name, next) => onChange(path, next)}
            onCancel={() => onForm(null)}
          />
        ) : (
          <span
            className={branch ? classes.summary : classes.value}
            data-kind={value === null ? "null" : typeof value}
          >
            {branch ? summary(value) : writeValue(value)}
          </span>
        )}
        {here === null && mayEdit ? (
          <span className={classes.actions}>
            {branch ? (
              <ActionIcon
                size={24}
                variant="subtle"
                color="gray"
                aria-label={t("Add to {name}", { name })}
                onClick={() => {
                  setOpen(true);
                  onForm({ kind: "add", path });
                }}
              >
                <IconPlus size={14} />
              </ActionIcon>
            ) : (
              <ActionIcon
                size={24}
                variant="subtle"
                color="gray"
                aria-label={t("Edit {name}", { name })}
                onClick={() => onForm({ kind: "edit", path })}
              >
                <IconPencil size={14} />
              </ActionIcon>
            )}
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              aria-label={t("Delete {name}", { name })}
              onClick={() => onChange(path, undefined)}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </span>
        ) : null}
      </div>
      {branch && open && children.length > 0 ? (
        <ul className={classes.tree}>
          {children.map(([key, child]) => (
            <InfoNode
              key={key}
              name={key}
              path={[...path, key]}
              value={child}
              form={form}
              mayEdit={mayEdit}
              onForm={onForm}
              onChange={onChange}
            />
          ))}
        </ul>
      ) : null}
      {here === "add" ? (
        <InfoForm
          named={!Array.isArray(value)}
          onSave={(key, next) => onChange([...path, Array.isArray(value) ? value.length : key], next)}
          onCancel={() => onForm(null)}
        />
      ) : null}
    </li>
  );
}
