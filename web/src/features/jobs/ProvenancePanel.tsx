import { Anchor, Button, Stack, Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { api, apiUrl } from "@/api/client";
import { hasEnded, type JobDetail } from "@/api/jobs";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { Panel } from "@/ui/Panel";
import { useMaySteer } from "./JobActions";

const FORMS = [
  ["export", "rocrate", "RO-Crate"],
  ["export", "prov", "W3C PROV"],
  ["export", "bids", t("BIDS description")],
  ["provenance", undefined, t("Record")],
] as const;

/** The record of an ended run: in standard forms, to be repeated, beside the run that it repeats. */
export function ProvenancePanel({ job }: { job: JobDetail }) {
  const steers = useMaySteer(job);
  const navigate = useNavigate();
  const path = `/jobs/${job._id}`;
  const repeat = useChange(async () => {
    const made = await api.post<{ _id: string }>(`${path}/rerun`);
    await navigate({ to: "/jobs/$j", params: { j: made._id } });
  });
  if (!hasEnded(job.state)) return null;
  return (
    <Panel title={t("Provenance")}>
      <Stack gap="xs" align="flex-start">
        {FORMS.map(([what, format, words]) => (
          <Anchor
            key={words}
            size="sm"
            href={apiUrl(`${path}/${what}`, { format })}
            download={`${job._id}.${format ?? what}.json`}
          >
            {words}
          </Anchor>
        ))}
        {job.previous_job_id ? (
          <Link to="/jobs/compare" search={{ a: job.previous_job_id, b: job._id }}>
            {t("Compare with the run before")}
          </Link>
        ) : null}
        {steers ? (
          <>
            <Text size="sm" c="dimmed">
              {t(
                "The same gear, options and versions of files once more tell whether the result is reproduced.",
              )}
            </Text>
            <Button variant="default" loading={repeat.isPending} onClick={() => repeat.mutate(undefined)}>
              {t("Reproduce")}
            </Button>
          </>
        ) : null}
      </Stack>
    </Panel>
  );
}
