import { Button, Progress, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { api } from "@/api/client";
import { equals } from "@/api/filters";
import { gearQuery } from "@/api/gears";
import { type Job, STATES } from "@/api/jobs";
import { usePagedRows } from "@/api/paging";
import { useChange } from "@/api/useChange";
import { figure, plural, t } from "@/i18n/text";
import { JobMark } from "@/parts/jobs/JobMark";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Failure } from "@/ui/Failure";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { PagedTable } from "@/ui/table/PagedTable";
import { type Batch, batchQuery, totalOf } from "./batch";
import { COLUMNS } from "./columns";

/** How the jobs of a batch go, and what can be done with all of them. */
export function BatchPage() {
  const { b } = useParams({ from: "/inside/framed/batch/$b" });
  const found = useQuery(batchQuery(b));
  const batch = found.data;
  const { data: gear } = useQuery({ ...gearQuery(batch?.gear_id ?? ""), enabled: Boolean(batch?.gear_id) });
  const title = gear ? `${gear.gear.label} ${gear.gear.version}` : t("Batch");
  useCrumbs([{ label: t("Jobs"), href: "/jobs" }, { label: t("Batches"), href: "/batch" }, { label: title }]);
  if (found.error && !batch)
    return <Failure error={found.error} what={t("batch")} onRetry={() => void found.refetch()} />;
  if (!batch) return <Loading />;
  return (
    <Page fill>
      <PageHead
        title={title}
        kind={t("Batch")}
        about={
          batch.started
            ? t("{jobs} · started {when} by {who}", {
                jobs: plural(totalOf(batch), "{count} job", "{count} jobs"),
                when: dateTime(batch.started),
                who: batch.origin.id ?? "",
              })
            : t("A proposal that was not started")
        }
        actions={<Actions batch={batch} />}
      />
      {batch.started ? <Going batch={batch} /> : null}
      <Jobs batch={b} />
    </Page>
  );
}

const COLOURS = {
  complete: "var(--ok)",
  running: "var(--accent)",
  failed: "var(--bad)",
  cancelled: "var(--warn)",
};

function Going({ batch }: { batch: Batch }) {
  const total = totalOf(batch) || 1;
  const { counts } = batch;
  return (
    <Panel title={t("Progress")}>
      <Progress.Root size="lg" aria-hidden>
        {(["complete", "running", "failed", "cancelled"] as const).map((state) => (
          <Progress.Section
            key={state}
            withAria={false}
            value={(100 * counts[state]) / total}
            color={COLOURS[state]}
          />
        ))}
      </Progress.Root>
      <Text component="div" mt="sm" role="status" style={{ display: "flex", gap: 18, flexWrap: "wrap" }}>
        {STATES.filter((state) => counts[state] > 0).map((state) => (
          <span key={state}>
            {figure(counts[state])} <JobMark state={state} />
          </span>
        ))}
        {batch.eta ? (
          <span className="dim">{t("done about {eta}", { eta: dateTime(batch.eta) })}</span>
        ) : null}
      </Text>
    </Panel>
  );
}

function Actions({ batch }: { batch: Batch }) {
  const path = `/batch/${batch._id}`;
  const [asking, dialog] = useDisclosure(false);
  const cancel = useChange(() => api.post(`${path}/cancel`, {}, { running: true }));
  const retry = useChange(() => api.post(`${path}/retry`));
  return (
    <>
      {batch.counts.failed > 0 ? (
        <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
          {plural(batch.counts.failed, "Retry {count} failed", "Retry {count} failed")}
        </Button>
      ) : null}
      {batch.state === "running" ? (
        <Button variant="outline" color="red" onClick={dialog.open}>
          {t("Cancel batch")}
        </Button>
      ) : null}
      <ConfirmDialog
        opened={asking && batch.state === "running"}
        title={t("Cancel this batch?")}
        action={t("Cancel batch")}
        busy={cancel.isPending}
        onClose={dialog.close}
        onConfirm={() => cancel.mutate(undefined, { onSettled: dialog.close })}
      >
        {t("{waiting}; {running} What is complete stays.", {
          waiting: plural(
            batch.counts.pending,
            "{count} waiting job will not run",
            "{count} waiting jobs will not run",
          ),
          running: plural(
            batch.counts.running,
            "{count} running one will stop, and nothing of the output is kept.",
            "{count} running ones will stop, and nothing of the output is kept.",
          ),
        })}
      </ConfirmDialog>
    </>
  );
}

function Jobs({ batch }: { batch: string }) {
  const navigate = useNavigate();
  const sort = { field: "created", descending: false };
  const rows = usePagedRows<Job>("/jobs", {
    filter: equals("batch", batch),
    sort: "created:asc",
    include_parent_info: true,
  });
  return (
    <PagedTable
      name="batch.jobs"
      label={t("Jobs")}
      what={t("job list")}
      columns={COLUMNS}
      rows={rows}
      sort={sort}
      onSort={() => {}}
      onOpen={(row) => void navigate({ to: "/jobs/$j", params: { j: row._id } })}
      filtered={false}
      onClear={() => {}}
      empty={<Message title={t("No jobs")} />}
    />
  );
}
