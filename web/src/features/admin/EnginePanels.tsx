import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { allOf, equals } from "@/api/filters";
import type { Job } from "@/api/jobs";
import { listQuery } from "@/api/queries";
import { t } from "@/i18n/text";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { ago, bytes } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { Panel } from "@/ui/Panel";

interface Provider {
  _id: string;
  label: string;
  origin: { type: string; id: string };
  /** As it said when it started; engines that are not Treadle's say less. */
  config: {
    kind: string;
    max_jobs?: number;
    cpu?: number;
    memory?: number;
    gpu?: number;
    capabilities?: string[];
  };
}

const enginesQuery = {
  queryKey: ["devices", "engines"],
  queryFn: () => api.get<Provider[]>("/site/providers", { class: "compute" }),
};
const MOST = 50;

/** What a device of type engine can do, and what it runs now. */
export function EnginePanels({ device }: { device: string }) {
  const found = useQuery(enginesQuery);
  const engine = found.data?.find(({ origin }) => origin.id === device);
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("list of engines")} onRetry={() => void found.refetch()} />;
  if (!engine) return null;
  const { kind, max_jobs, cpu, memory, gpu, capabilities } = engine.config;
  return (
    <>
      <Panel title={t("What it can")}>
        <Facts
          facts={[
            [t("Name"), engine.label],
            [t("Kind"), kind],
            [t("Jobs at once"), max_jobs],
            [t("Processors"), cpu],
            [t("Memory"), memory ? bytes(memory) : null],
            [t("GPUs"), gpu],
            [t("Capabilities"), capabilities?.join(", ")],
          ]}
        />
      </Panel>
      <Running engine={engine._id} />
    </>
  );
}

function Running({ engine }: { engine: string }) {
  const filter = allOf(equals("compute_provider_id", engine), equals("state", "running"));
  const found = useQuery(
    listQuery<Job>("/jobs", { filter, sort: "created:asc", limit: MOST, exhaustive: true }),
  );
  return (
    <ListPanel
      title={t("Running now")}
      what={t("list of jobs")}
      found={found}
      rows={found.data?.results}
      rowKey={(job) => job._id}
      empty={
        <Text c="dimmed" size="sm" p="md">
          {t("It runs nothing at the moment.")}
        </Text>
      }
      columns={[
        {
          head: t("Job"),
          cell: (job) => (
            <Link to="/jobs/$j" params={{ j: job._id }}>
              {job.gear_info.name} {job.gear_info.version}
            </Link>
          ),
        },
        { head: t("Began"), cell: (job) => ago(job.transitions.running ?? job.created) },
        { head: t("Attempt"), number: true, cell: (job) => job.attempt },
      ]}
    />
  );
}
