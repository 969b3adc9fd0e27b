import { Button, Checkbox, Group, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBraces, IconDeviceFloppy, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { api } from "@/api/client";
import { t, tIn } from "@/i18n/text";
import {
  type Execution,
  isEmpty,
  NEW_SPEC,
  type SavedView,
  specOf,
  type ViewColumn,
  type ViewSpec,
} from "@/parts/views/view";
import { Panel } from "@/ui/Panel";
import { ChosenColumns } from "./ChosenColumns";
import { ColumnTree } from "./ColumnTree";
import { DeleteViewButton } from "./DeleteViewButton";
import classes from "./ViewBuilder.module.css";
import { ViewGrid } from "./ViewGrid";
import { ViewResult } from "./ViewResult";

const DefinitionDialog = lazy(async () => ({
  default: (await import("./DefinitionDialog")).DefinitionDialog,
}));
const SaveViewDialog = lazy(async () => ({ default: (await import("./SaveViewDialog")).SaveViewDialog }));

const EXAMPLE = "session.label=~Visit, subject.sex=female";

/** Columns at the left, what they give at the right. What is not saved yet stands in the address. */
export function ViewBuilder({ saved }: { saved: SavedView | null }) {
  const { p } = useParams({ from: "/inside/framed/projects/$p/views/$v" });
  const { draft, run, sort } = useSearch({ from: "/inside/framed/projects/$p/views/$v" });
  const navigate = useNavigate({ from: "/projects/$p/views/$v" });
  const [saving, saveDialog] = useDisclosure(false);
  const [raw, rawDialog] = useDisclosure(false);
  const stored = saved ? specOf(saved) : NEW_SPEC;
  const spec: ViewSpec = (draft as ViewSpec | undefined) ?? stored;
  const columns = spec.columns ?? [];
  const change = (part: Partial<ViewSpec>) =>
    void navigate({ search: { draft: { ...spec, ...part } }, replace: true });
  const setColumns = (next: ViewColumn[]) => change({ columns: next });
  const start = useMutation({
    mutationFn: () =>
      api.post<Execution>("/views/queue", { ...spec, label: saved?.label }, { containerId: p }),
    onSuccess: ({ _id }) => navigate({ search: (old) => ({ ...old, run: _id }), replace: true }),
  });
  const empty = isEmpty(spec);
  return (
    <div className={classes.builder}>
      <div className={classes.side}>
        <Panel title={t("Columns")} flush>
          <ChosenColumns columns={columns} onChange={setColumns} />
          <ColumnTree
            chosen={columns.map((column) => column.src)}
            onAdd={(src) => setColumns([...columns, { src }])}
            onRemove={(src) => setColumns(columns.filter((column) => column.src !== src))}
          />
        </Panel>
        <Panel title={t("Rows")}>
          <Textarea
            label={t("Filter")}
            description={t("As in lists of the API: field, comparison, value; commas mean and.")}
            placeholder={EXAMPLE}
            autosize
            minRows={1}
            key={spec.filter ?? ""}
            defaultValue={spec.filter ?? ""}
            onBlur={(event) => {
              const filter = event.currentTarget.value.trim() || null;
              if (filter !== (spec.filter ?? null)) change({ filter });
            }}
          />
          <Checkbox
            mt="sm"
            label={t("Labels of all levels")}
            checked={spec.includeLabels !== false}
            onChange={(event) => change({ includeLabels: event.currentTarget.checked })}
          />
          <Checkbox
            mt={8}
            label={t("Ids of all levels")}
            checked={spec.includeIds !== false}
            onChange={(event) => change({ includeIds: event.currentTarget.checked })}
          />
        </Panel>
      </div>
      <section className={`panel ${classes.result}`} aria-label={t("Result")}>
        <Group justify="space-between" gap={8} className={classes.head}>
          <div style={{ minWidth: 0 }}>
            <Text size="xs" c="dimmed">
              <Link to="/projects/$p/views" params={{ p }}>
                {t("Data views")}
              </Link>
              {draft ? ` · ${t("not saved")}` : ""}
            </Text>
            <Text fw={600} className="cut">
              {saved?.label ?? t("New view")}
            </Text>
          </div>
          <Group gap={8}>
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              leftSection={<IconBraces size={15} />}
              onClick={rawDialog.open}
            >
              {t("JSON")}
            </Button>
            {saved ? <DeleteViewButton view={saved} project={p} /> : null}
            <Button
              size="xs"
              variant="default"
              leftSection={<IconDeviceFloppy size={15} />}
              disabled={empty}
              onClick={saveDialog.open}
            >
              {t("Save")}
            </Button>
            <Button
              size="xs"
              leftSection={<IconPlayerPlay size={15} />}
              disabled={empty}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              {tIn("action", "Run")}
            </Button>
          </Group>
        </Group>
        {start.error ? (
          <Text c="red" size="sm" role="alert" px={14} py={8}>
            {start.error.message}
          </Text>
        ) : null}
        {run ? (
          <ViewResult execution={run} project={p} spec={spec} name={saved?.label ?? "view"} sort={sort} />
        ) : (
          <ViewGrid project={p} spec={spec} empty={empty} total={null} sort={sort} />
        )}
      </section>
      <Suspense>
        {saving ? <SaveViewDialog spec={spec} saved={saved} project={p} onClose={saveDialog.close} /> : null}
        {raw ? (
          <DefinitionDialog
            spec={spec}
            onClose={rawDialog.close}
            onSave={(next) => void navigate({ search: { draft: next }, replace: true })}
          />
        ) : null}
      </Suspense>
    </div>
  );
}
