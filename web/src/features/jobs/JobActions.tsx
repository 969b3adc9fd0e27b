import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import { hasEnded, type JobDetail } from "@/api/jobs";
import { useMe } from "@/api/queries";
import { useMay } from "@/api/rights";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { mayRun } from "@/parts/jobs/rights";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { LinkButton } from "@/ui/LinkButton";
import { placeOf } from "./words";

/** Whether the user steers this run: their own, or as one who manages those of others. */
export function useMaySteer(job: JobDetail): boolean {
  const { user } = useMe();
  const may = useMay(job.parents.project);
  const own = job.origin.type === "user" && job.origin.id === user._id;
  return own ? may("jobs_manage") || may("analyses_create_job") : may("jobs_manage_others");
}

/** What can be done with a run: stop it, run it again, take what a failed one made. */
export function JobActions({ job }: { job: JobDetail }) {
  const navigate = useNavigate();
  const steers = useMaySteer(job);
  const may = useMay(job.parents.project);
  const [asking, dialog] = useDisclosure(false);
  const path = `/jobs/${job._id}`;
  const cancel = useChange(() => api.put(path, { state: "cancelled" }));
  const accept = useChange(() => api.post(`${path}/accept-failed-output`));
  const retry = useChange(async () => {
    const made = await api.post<{ _id: string }>(`${path}/retry`, {}, { ignoreState: true });
    await navigate({ to: "/jobs/$j", params: { j: made._id } });
  });
  const place = placeOf(job);
  const takes =
    job.state === "failed" &&
    !job.failed_output_accepted &&
    job.outputs.length > 0 &&
    may("files_create_single") &&
    may("files_modify_metadata");
  return (
    <>
      {takes ? (
        <Button variant="default" loading={accept.isPending} onClick={() => accept.mutate(undefined)}>
          {t("Accept its output")}
        </Button>
      ) : null}
      {steers && hasEnded(job.state) && job.retried === null ? (
        <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
          {job.state === "failed" ? t("Retry") : t("Run again")}
        </Button>
      ) : null}
      {hasEnded(job.state) && place && mayRun(may, job.gear_info.category ?? "utility") ? (
        <LinkButton to="/run" search={{ target: place, gear: job.gear_id, again: job._id }} variant="default">
          {t("Run with changes")}
        </LinkButton>
      ) : null}
      {steers && !hasEnded(job.state) ? (
        <Button variant="outline" color="red" onClick={dialog.open}>
          {t("Cancel job")}
        </Button>
      ) : null}
      <ConfirmDialog
        opened={asking && !hasEnded(job.state)}
        title={t("Cancel this job?")}
        action={t("Cancel job")}
        busy={cancel.isPending}
        onClose={dialog.close}
        onConfirm={() => cancel.mutate(undefined, { onSettled: dialog.close })}
      >
        {job.state === "running"
          ? t("The run stops where it is. Nothing of its output is kept.")
          : t("It leaves the queue and does not run.")}
      </ConfirmDialog>
    </>
  );
}
