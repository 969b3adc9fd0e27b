import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import { useIsAdmin, useMay } from "@/api/rights";
import type { Deletion } from "@/api/types";
import { useChange } from "@/api/useChange";
import { useProjectLabels } from "@/api/useProjectLabels";
import { ago, count, dateTime, middleCut } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { Message } from "@/ui/Message";
import { MoreButton } from "@/ui/MoreButton";
import { reasonWords } from "../deleteReasons";

const PAGE = 100;

function holds(entry: Deletion): string {
  // The deleted container itself is counted too.
  const below = entry.containers - (entry.kind === "file" ? 0 : 1);
  return [below > 0 ? count(below, "container") : "", entry.files > 0 ? count(entry.files, "file") : ""]
    .filter(Boolean)
    .join(", ");
}

/** What was deleted and can come back: of one project, or of the whole site. */
export function TrashTable({ project }: { project?: string }) {
  const admin = useIsAdmin();
  const may = useMay(project);
  const found = useInfiniteQuery({
    queryKey: [LIVE, "trash", project ?? null],
    queryFn: ({ pageParam }) =>
      api.get<Deletion[]>("/x/trash", { project, limit: PAGE, before: pageParam ?? undefined }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.length === PAGE ? (last.at(-1)?._id ?? null) : null),
  });
  const entries = found.data?.pages.flat() ?? [];
  const label = useProjectLabels(project ? [] : entries.flatMap((entry) => entry.project ?? []));
  const restore = useChange(async (entry: Deletion) => {
    await api.post(`/x/trash/${entry._id}/restore`);
    notifications.show({ message: `“${entry.label || "untitled"}” is back where it was.` });
  });
  const mayRestore = (entry: Deletion) =>
    admin || may(entry.kind === "project" ? "containers_delete_project" : "containers_delete_hierarchy");
  return (
    <ListPanel
      title="Trash"
      untitled
      what="trash"
      found={found}
      rows={found.data ? entries : undefined}
      empty={
        <Message title="The trash is empty">
          What is deleted stays here for a while, and comes back with everything that went with it.
        </Message>
      }
      rowKey={(entry) => entry._id}
      columns={[
        {
          head: "Deleted",
          cell: (entry) => <span title={entry.label}>{middleCut(entry.label || "untitled", 40)}</span>,
        },
        { head: "Kind", cell: (entry) => entry.kind },
        ...(project
          ? []
          : [
              {
                head: "Project",
                cell: (entry: Deletion) =>
                  entry.project && label(entry.project) ? (
                    <Link to="/projects/$p/trash" params={{ p: entry.project }}>
                      {label(entry.project)}
                    </Link>
                  ) : null,
              },
            ]),
        { head: "With it", cell: holds },
        {
          head: "When",
          cell: (entry) => <span title={dateTime(entry.deleted)}>{ago(entry.deleted)}</span>,
        },
        { head: "By", cell: (entry) => entry.origin.id ?? entry.origin.type },
        {
          head: "Why",
          cell: (entry) =>
            (entry.reason && reasonWords(entry.reason)) || <span className="dim">no reason given</span>,
        },
        {
          head: "Restore",
          quiet: true,
          cell: (entry) =>
            mayRestore(entry) ? (
              <Button
                size="compact-sm"
                variant="light"
                leftSection={<IconArrowBackUp size={15} />}
                loading={restore.isPending && restore.variables?._id === entry._id}
                aria-label={`Restore ${entry.label || entry.kind}`}
                onClick={() => restore.mutate(entry)}
              >
                Restore
              </Button>
            ) : null,
        },
      ]}
    >
      <MoreButton found={found} words="Show older" />
    </ListPanel>
  );
}
