import { IconPlus } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMe } from "@/api/queries";
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
    [p, "Project"],
    [user._id, "Only me"],
    ["site", "Site"],
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
      New view
    </LinkButton>
  );
  const pending = found.some((query) => query.isPending);
  return (
    <Panel title="Data views" flush aside={rows.length > 0 ? create : null}>
      {pending && !error ? <Loading rows={3} /> : null}
      {error ? <Failure error={error} what="list of data views" /> : null}
      {!pending && !error && rows.length === 0 ? (
        <Message title="No data views yet" action={create}>
          A data view makes a table of subjects, sessions, acquisitions or files with the fields you choose.
        </Message>
      ) : null}
      {rows.length > 0 ? (
        <SimpleTable
          label="Data views"
          rows={rows}
          rowKey={(view) => view._id}
          columns={[
            {
              head: "View",
              cell: (view) => (
                <Link to="/projects/$p/views/$v" params={{ p, v: view._id }}>
                  {view.label || "untitled"}
                </Link>
              ),
            },
            { head: "For", cell: (view) => view.whose },
            { head: "Columns", number: true, cell: (view) => view.columns?.length ?? 0 },
            { head: "Description", cell: (view) => view.description },
            { head: "Last change", cell: (view) => (view.modified ? ago(view.modified) : "") },
          ]}
        />
      ) : null}
    </Panel>
  );
}
