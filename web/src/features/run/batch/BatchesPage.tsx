import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { gearsQuery } from "@/api/gears";
import { usePagedRows } from "@/api/paging";
import { t } from "@/i18n/text";
import { JobMark } from "@/parts/jobs/JobMark";
import { dateTime } from "@/ui/format";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import type { DataColumn } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { type Batch, totalOf } from "./batch";

const columnsWith = (gearName: (id: string | null) => string): DataColumn<Batch>[] => [
  {
    id: "gear",
    title: t("Gear"),
    width: 320,
    cell: (row) => gearName(row.gear_id),
    text: (row) => gearName(row.gear_id),
  },
  {
    id: "state",
    title: t("State"),
    width: 130,
    cell: (row) => (row.started ? <JobMark state={row.state} /> : t("not started")),
  },
  { id: "jobs", title: t("Jobs"), width: 90, number: true, cell: (row) => totalOf(row) || "" },
  { id: "failed", title: t("Failed"), width: 90, number: true, cell: (row) => row.counts.failed || "" },
  { id: "by", title: t("By"), width: 200, cell: (row) => row.origin.id },
  { id: "created", title: t("Proposed"), width: 150, cell: (row) => dateTime(row.created) },
];

/** The user's batches, the newest first; for administrators everybody's. */
export function BatchesPage() {
  const navigate = useNavigate();
  const gears = useQuery(gearsQuery()).data?.results ?? [];
  const names = new Map(gears.map((one) => [one._id, `${one.gear.label} ${one.gear.version}`]));
  const rows = usePagedRows<Batch>("/batch", { sort: "created:desc" });
  useCrumbs([{ label: t("Jobs"), href: "/jobs" }, { label: t("Batches") }]);
  return (
    <Page fill>
      <PageHead title={t("Batches")} about={t("One gear on many containers, started and watched as one")} />
      <PagedTable
        name="batches"
        label={t("Batches")}
        what={t("list of batches")}
        columns={columnsWith((id) => (id ? (names.get(id) ?? t("an older gear")) : t("several gears")))}
        rows={rows}
        sort={{ field: "created", descending: true }}
        onSort={() => {}}
        onOpen={(row) => void navigate({ to: "/batch/$b", params: { b: row._id } })}
        filtered={false}
        onClear={() => {}}
        empty={
          <Message title={t("No batches yet")}>
            {t("Select sessions in a project, a collection or a search result, then choose “Run gear”.")}
          </Message>
        }
      />
    </Page>
  );
}
