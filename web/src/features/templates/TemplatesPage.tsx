import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { useProject } from "@/api/queries";
import { useMay } from "@/api/rights";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { CompliancePreview } from "./CompliancePreview";
import { TemplateEditor } from "./TemplateEditor";
import classes from "./TemplatesPage.module.css";
import { NEW_TEMPLATE, problemOf, type Template, tidy } from "./template";

const MOST = 50;

/** What a project's sessions have to hold, and how many do. */
export function TemplatesPage() {
  const { p } = useParams({ strict: false }) as { p: string };
  const project = useProject(p);
  const saved = project.templates as Template[];
  // Somebody else's save starts the editor anew.
  return <Editor key={JSON.stringify(saved)} project={p} saved={saved} />;
}

function Editor({ project, saved }: { project: string; saved: Template[] }) {
  const mayEdit = useMay(project)("session_templates_manage");
  const [drawn, setDrawn] = useState(saved);
  const path = `/projects/${project}/template`;
  const save = useChange((templates: Template[]) =>
    templates.length > 0 ? api.post(path, { templates }) : api.delete(path),
  );
  const clean = tidy(drawn);
  const changed = JSON.stringify(clean) !== JSON.stringify(tidy(saved));
  const problem = problemOf(drawn);
  const replace = (at: number, next: Template) =>
    setDrawn(drawn.map((one, number) => (number === at ? next : one)));
  const add = (
    <Button
      variant={drawn.length === 0 ? "filled" : "default"}
      leftSection={<IconPlus size={16} />}
      disabled={drawn.length >= MOST}
      onClick={() => setDrawn([...drawn, NEW_TEMPLATE])}
    >
      {drawn.length === 0 ? t("New template") : t("Another template")}
    </Button>
  );
  if (drawn.length === 0 && !changed) {
    return (
      <Panel title={t("Session templates")} untitled>
        <Message title={t("No session templates yet")} action={mayEdit ? add : null}>
          {t(
            "A template says which acquisitions and files a complete session has. Sessions that lack something are marked in the session table.",
          )}
        </Message>
      </Panel>
    );
  }
  return (
    <Columns
      main={
        <>
          {drawn.map((template, at) => (
            <TemplateEditor
              // biome-ignore lint/suspicious/noArrayIndexKey: templates have no identity but their place
              key={at}
              number={at + 1}
              template={template}
              mayEdit={mayEdit}
              onChange={(next) => replace(at, next)}
              onRemove={() => setDrawn(drawn.filter((_, number) => number !== at))}
            />
          ))}
          {mayEdit && drawn.length > 0 ? <div>{add}</div> : null}
          {mayEdit && changed ? (
            <section className={classes.save} aria-label={t("Unsaved changes")}>
              <Text size="sm" c={problem ? "var(--bad)" : "dimmed"} role="status">
                {problem ?? t("Not saved yet. Saving judges all sessions of the project anew.")}
              </Text>
              <Group gap={8} wrap="nowrap">
                <Button variant="default" onClick={() => setDrawn(saved)}>
                  {t("Undo")}
                </Button>
                <Button
                  disabled={problem !== null}
                  loading={save.isPending}
                  onClick={() => save.mutate(clean)}
                >
                  {drawn.length === 0 ? t("Save without templates") : t("Save templates")}
                </Button>
              </Group>
            </section>
          ) : null}
        </>
      }
      side={
        <CompliancePreview project={project} templates={clean} valid={problem === null} draft={changed} />
      }
    />
  );
}
