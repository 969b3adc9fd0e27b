import { Link } from "@tanstack/react-router";
import type { JobDetail } from "@/api/jobs";
import { t } from "@/i18n/text";

/** Where the output goes: the way from the project down. */
export function Places({ job }: { job: JobDetail }) {
  const { project, subject, session, acquisition, analysis } = job.parent_info ?? {};
  const steps = [
    project ? { to: `/projects/${project._id}`, label: project.label } : null,
    subject ? { to: `/projects/${project?._id}/subjects/${subject._id}`, label: subject.label } : null,
    session ? { to: `/sessions/${session._id}`, label: session.label } : null,
    acquisition ? { to: `/acquisitions/${acquisition._id}`, label: acquisition.label } : null,
  ].flatMap((step) => step ?? []);
  return (
    <>
      {steps.map(({ to, label }, at) => (
        <span key={to}>
          {at > 0 ? " / " : ""}
          <Link to={to}>{label || t("untitled")}</Link>
        </span>
      ))}
      {analysis ? ` / ${t("analysis {label}", { label: analysis.label ?? "" })}` : null}
    </>
  );
}
