import { ActionIcon, Button, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import { AcquisitionFields } from "./AcquisitionFields";
import classes from "./TemplatesPage.module.css";
import type { AcquisitionRule, Template } from "./template";

interface TemplateEditorProps {
  number: number;
  template: Template;
  mayEdit: boolean;
  onChange: (template: Template) => void;
  onRemove: () => void;
}

/** One template: which sessions it is for, and what they must hold. */
export function TemplateEditor({ number, template, mayEdit, onChange, onRemove }: TemplateEditorProps) {
  const session = template.session ?? {};
  const rules = template.acquisitions ?? [];
  const about = (part: Template["session"]) => onChange({ ...template, session: { ...session, ...part } });
  const require = (acquisitions: AcquisitionRule[]) => onChange({ ...template, acquisitions });
  const pattern = (label: string, value: string | undefined, change: (text: string) => void) => (
    <TextInput
      label={label}
      placeholder={t("any")}
      maxLength={500}
      disabled={!mayEdit}
      value={value ?? ""}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
  return (
    <Panel
      title={t("Template {number}", { number })}
      aside={
        mayEdit ? (
          <Tooltip label={t("Remove this template")}>
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t("Remove template {number}", { number })}
              onClick={onRemove}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        ) : null
      }
    >
      <h3 className={classes.heading} style={{ marginTop: 0 }}>
        {t("For sessions whose")}
      </h3>
      <div className={classes.grid}>
        {pattern(t("Label matches"), session.label, (label) => about({ label }))}
        {pattern(t("Tag matches"), session.tags, (tags) => about({ tags }))}
        {pattern(t("Subject matches"), session.subject?.label, (label) =>
          about({ subject: { ...session.subject, label } }),
        )}
      </div>
      <h3 className={classes.heading}>{t("Required acquisitions")}</h3>
      {rules.length === 0 ? (
        <span className="dim">{t("None: every session that matches is complete.")}</span>
      ) : null}
      <ul className={classes.rules}>
        {rules.map((rule, at) => (
          <AcquisitionFields
            // biome-ignore lint/suspicious/noArrayIndexKey: rules have no identity but their place
            key={at}
            rule={rule}
            mayEdit={mayEdit}
            onChange={(next) => require(rules.map((one, place) => (place === at ? next : one)))}
            onRemove={() => require(rules.filter((_, place) => place !== at))}
          />
        ))}
      </ul>
      {mayEdit ? (
        <Button
          className={classes.more ?? ""}
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => require([...rules, { label: "", minimum: 1 }])}
        >
          {t("Add acquisition")}
        </Button>
      ) : null}
    </Panel>
  );
}
