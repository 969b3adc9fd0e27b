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
import { levelWord } from "@/i18n/levels";
import { plural, t } from "@/i18n/text";
import { ago, dateTime, middleCut } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { Message } from "@/ui/Message";
import { MoreButton } from "@/ui/MoreButton";
import { originKind } from "@/ui/originWords";
import { reasonWords } from "../deleteReasons";

const PAGE = 100;

function holds(entry: Deletion): string {
  // The deleted container itself is counted too.
  const below = entry.containers - (entry.kind === "file" ? 0 : 1);
  return [
    below > 0 ? plural(below, "{count} container", "{count} containers") : "",
    entry.files > 0 ? plural(entry.files, "{count} file", "{count} files") : "",
  ]
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
    notifications.show({
      message: t("“{label}” is back where it was.", { label: entry.label || t("untitled") }),
    });
  });
  const mayRestore = (entry: Deletion) =>
    admin || may(entry.kind === "project" ? "containers_delete_project" : "containers_delete_hierarchy");
  return (
    <ListPanel
      title={t("Trash")}
      untitled
      what={t("trash")}
      found={found}
      rows={found.data ? entries : undefined}
      empty={
        <Message title={t("The trash is empty")}>
          {t("What is deleted stays here for a while, and comes back with everything that went with it.")}
        </Message>
      }
      rowKey={(entry) => entry._id}
      columns={[
        {
          head: t("Deleted"),
          cell: (entry) => <span title={entry.label}>{middleCut(entry.label || t("untitled"), 40)}</span>,
        },
        { head: t("Kind"), cell: (entry) => levelWord(entry.kind) },
        ...(project
          ? []
          : [
              {
                head: t("Project"),
                cell: (entry: Deletion) =>
                  entry.project && label(entry.project) ? (
                    <Link to="/projects/$p/trash" params={{ p: entry.project }}>
                      {label(entry.project)}
                    </Link>
                  ) : null,
              },
            ]),
        { head: t("With it"), cell: holds },
        {
          head: t("When"),
          cell: (entry) => <span title={dateTime(entry.deleted)}>{ago(entry.deleted)}</span>,
        },
        { head: t("By"), cell: (entry) => entry.origin.id ?? originKind(entry.origin.type) },
        {
          head: t("Why"),
          cell: (entry) =>
            (entry.reason && reasonWords(entry.reason)) || (
              <span className="dim">{t("no reason given")}</span>
            ),
        },
        {
          head: t("Restore"),
          quiet: true,
          cell: (entry) =>
            mayRestore(entry) ? (
              <Button
                size="compact-sm"
                variant="light"
                leftSection={<IconArrowBackUp size={15} />}
                loading={restore.isPending && restore.variables?._id === entry._id}
                aria-label={t("Restore {label}", { label: entry.label || levelWord(entry.kind) })}
                onClick={() => restore.mutate(entry)}
              >
                {t("Restore")}
              </Button>
            ) : null,
        },
      ]}
    >
      <MoreButton found={found} words={t("Show older")} />
    </ListPanel>
  );
}
