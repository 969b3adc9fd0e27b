import { IconPlus } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMe } from "@/api/queries";
import { t, tIn } from "@/i18n/text";
import { viewsQuery } from "@/parts/views/view";
import { Failure } from "@/ui/Failure";
import { ago } from "@/ui/format";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";

/** The data views that can be run on a project: its own, mine, and those of the site. */
export function ViewsPage() {
  const { p } = useParams({ strict: false }) as { p: string };
  const { user } = useMe();
  const parents = [
    [p, t("Project")],
    [user._id, t("Only me")],
    ["site", t("Site")],
  ] as const;
  const found = useQueries({ queries: parents.map(([id]) => viewsQuery(id)) });
  const rows = found.flatMap((query, at) =>
    (query.data ?? []).map((view) => ({ ...view, whose: parents[at]?.[1] ?? "" })),
  );
  const error = found.find((query) => query.error)?.error;
  const create = (
    <LinkButton
      to="/projects/$p/views/$v"
      params={{ p, v: "new" }}
      size="xs"
      leftSection={<IconPlus size={14} />}
    >
      {t("New view")}
    </LinkButton>
  );
  const pending = found.some((query) => query.isPending);
  return (
    <Panel title={t("Data views")} flush aside={rows.length > 0 ? create : null}>
      {pending && !error ? <Loading rows={3} /> : null}
      {error ? <Failure error={error} what={t("list of data views")} /> : null}
      {!pending && !error && rows.length === 0 ? (
        <Message title={t("No data views yet")} action={create}>
          {t(
            "A data view makes a table of subjects, sessions, acquisitions or files with the fields you choose.",
          )}
        </Message>
      ) : null}
      {rows.length > 0 ? (
        <SimpleTable
          label={t("Data views")}
          rows={rows}
          rowKey={(view) => view._id}
          columns={[
            {
              head: tIn("noun", "View"),
              cell: (view) => (
                <Link to="/projects/$p/views/$v" params={{ p, v: view._id }}>
                  {view.label || t("untitled")}
                </Link>
              ),
            },
            { head: t("For"), cell: (view) => view.whose },
            { head: t("Columns"), number: true, cell: (view) => view.columns?.length ?? 0 },
            { head: t("Description"), cell: (view) => view.description },
            { head: t("Last change"), cell: (view) => (view.modified ? ago(view.modified) : "") },
          ]}
        />
      ) : null}
    </Panel>
  );
}
