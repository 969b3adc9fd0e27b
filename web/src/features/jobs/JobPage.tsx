import { Alert, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api } from "@/api/client";
import { type JobDetail, jobQuery, PRIORITIES } from "@/api/jobs";
import { useIsAdmin } from "@/api/rights";
import { useChange } from "@/api/useChange";
import { t, tIn } from "@/i18n/text";
import { JobMark } from "@/parts/jobs/JobMark";
import { LineageButton } from "@/parts/jobs/LineageButton";
import { Columns } from "@/ui/Columns";
import { type Fact, Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { Tags } from "@/ui/Tags";
import { JobActions, useMaySteer } from "./JobActions";
import { ConfigPanel, FilesOfJob } from "./JobPanels";
import { LogPanel } from "./LogPanel";
import { Places } from "./Places";
import { ProvenancePanel } from "./ProvenancePanel";
import { gearWords, lasted, originWords, PRIORITY_WORDS, profileWord } from "./words";

/** One run: how it stands, what it printed, what went in and what came out. */
export function JobPage() {
  const { j } = useParams({ from: "/inside/framed/jobs/$j" });
  const found = useQuery(jobQuery(j));
  const job = found.data;
  useCrumbs([{ label: t("Jobs"), href: "/jobs" }, { label: job ? gearWords(job) : "" }]);
  if (found.error && !job)
    return <Failure error={found.error} what={t("job")} onRetry={() => void found.refetch()} />;
  if (!job) return <Loading />;
  return (
    <Page>
      <PageHead
        title={gearWords(job)}
        kind={job.attempt > 1 ? t("Job, attempt {attempt}", { attempt: job.attempt }) : t("Job")}
        about={
          <span role="status">
            <JobMark state={job.state} />
          </span>
        }
        actions={
          <>
            <LineageButton kind="job" id={job._id} />
            <JobActions key={job._id} job={job} />
          </>
        }
      />
      {job.failure_reason ? (
        <Alert color="red" variant="light" p="xs" title={t("Why it failed")}>
          {job.failure_reason}
        </Alert>
      ) : null}
      <Columns
        main={
          <>
            <LogPanel job={j} />
            <FilesOfJob
              title={t("Outputs")}
              head={t("Type")}
              files={job.outputs.map((kept) => ({ ...kept, as: kept.ref.type ?? "" }))}
            >
              {job.state === "complete"
                ? t("The run made no files.")
                : t("Outputs appear when the run ends.")}
            </FilesOfJob>
            <FilesOfJob
              title={t("Inputs")}
              head={t("Input")}
              files={Object.entries(job.inputs).map(([as, kept]) => ({ ...kept, as }))}
            >
              {t("The gear was given no files.")}
            </FilesOfJob>
            <ConfigPanel config={job.config.config ?? {}} />
          </>
        }
        side={
          <>
            <Panel title={t("About")}>
              <Facts facts={factsOf(job)} />
            </Panel>
            <Priority job={job} />
            <ProvenancePanel job={job} />
            <Panel title={t("Engine")}>
              <Facts
                facts={[
                  [
                    t("Engine"),
                    job.compute_provider_id ??
                      (job.transitions.running ? t("not known") : t("none has taken it")),
                  ],
                  ...Object.entries(job.profile ?? {})
                    .filter(([, value]) => typeof value !== "object")
                    .map(([name, value]): Fact => [profileWord(name), String(value)]),
                ]}
              />
            </Panel>
          </>
        }
      />
    </Page>
  );
}

const factsOf = (job: JobDetail): Fact[] => [
  [t("For"), <Places key="places" job={job} />],
  [t("Gear"), `${job.gear_info.label ?? job.gear_info.name}`],
  [t("Label"), job.label],
  [t("Started by"), originWords(job)],
  [t("Asked for"), dateTime(job.created)],
  [t("Began"), dateTime(job.transitions.running)],
  [t("Ended"), dateTime(job.transitions.complete ?? job.transitions.failed ?? job.transitions.cancelled)],
  [t("Ran"), lasted(job)],
  [
    t("Attempt before"),
    job.previous_job_id ? (
      <Link key="before" to="/jobs/$j" params={{ j: job.previous_job_id }}>
        {job.previous_job_id}
      </Link>
    ) : null,
  ],
  [tIn("time", "Run again"), dateTime(job.retried)],
  [t("Tags"), job.tags.length > 0 ? <Tags key="tags" tags={job.tags} /> : null],
  [
    t("Job id"),
    <span key="id" className="mono">
      {job._id}
    </span>,
  ],
];

/** A waiting run comes sooner or later. */
function Priority({ job }: { job: JobDetail }) {
  const steers = useMaySteer(job);
  const admin = useIsAdmin();
  const change = useChange((priority: string) => api.put("/jobs/priority", { job_ids: [job._id], priority }));
  if (job.state !== "pending" || !steers) return null;
  return (
    <Panel title={t("Priority")}>
      <Select
        aria-label={t("Priority")}
        allowDeselect={false}
        data={PRIORITIES.filter((one) => admin || one !== "critical" || job.priority === one).map((one) => ({
          value: one,
          label: PRIORITY_WORDS[one],
        }))}
        value={job.priority}
        disabled={change.isPending}
        onChange={(priority) => priority && change.mutate(priority)}
      />
    </Panel>
  );
}
