import { Progress, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { LIVE } from "@/api/queries";
import type { Session } from "@/api/types";
import { useByIds } from "@/api/useByIds";
import { rich } from "@/i18n/rich";
import { figure, plural, t } from "@/i18n/text";
import { type Checklist, linesOf } from "@/parts/compliance/checklist";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import classes from "./TemplatesPage.module.css";
import { problemOf, type Template } from "./template";

const LOOKED_AT = 200;
const SHOWN = 8;

interface Tried {
  sessions: number;
  satisfied: number;
  changes: number;
  results: Checklist[];
}

interface CompliancePreviewProps {
  project: string;
  templates: Template[];
  valid: boolean;
  draft: boolean;
}

/** How many sessions comply with the templates as they are drawn, and what the others lack. */
export function CompliancePreview({ project, templates, valid, draft }: CompliancePreviewProps) {
  const [asked] = useDebouncedValue(JSON.stringify(templates), 350);
  const found = useQuery({
    queryKey: [LIVE, "template-test", project, asked],
    queryFn: () =>
      api.post<Tried>(
        `/x/projects/${project}/template-test`,
        { templates: JSON.parse(asked) },
        { limit: LOOKED_AT },
      ),
    placeholderData: keepPreviousData,
    // What was last typed may be whole while what is asked, a moment older, is not.
    enabled: asked !== "[]" && problemOf(JSON.parse(asked)) === null,
    retry: false,
  });
  const tried = found.data;
  const lacking = tried?.results.filter((one) => !one.would_satisfy) ?? [];
  const shown = lacking.slice(0, SHOWN);
  const sessions = useByIds<Session>(
    "/sessions",
    shown.map((one) => one._id),
  );
  return (
    <Panel title={draft ? t("With these changes") : t("Compliance")}>
      {templates.length === 0 ? (
        <span className="dim">{t("Without a template no session is judged.")}</span>
      ) : !valid ? (
        <span className="dim">{t("Shown as soon as the template says something.")}</span>
      ) : found.error ? (
        <Failure error={found.error} what={t("preview")} onRetry={() => void found.refetch()} />
      ) : !tried ? (
        <Loading rows={3} />
      ) : tried.sessions === 0 ? (
        <span className="dim">{t("There are no sessions yet.")}</span>
      ) : (
        <div role="status" aria-label={t("Compliance")}>
          <div>
            <span className={classes.figure}>{figure(tried.satisfied)}</span>{" "}
            <span className="dim">
              {plural(tried.sessions, "of {count} session complete", "of {count} sessions complete")}
            </span>
          </div>
          <Progress
            value={(100 * tried.satisfied) / tried.sessions}
            color="var(--ok)"
            my={8}
            aria-label={t("Share of complete sessions")}
          />
          {draft ? (
            <Text size="sm" c="dimmed">
              {tried.changes === 0
                ? t("No session changes.")
                : plural(tried.changes, "Changes for {count} session.", "Changes for {count} sessions.")}
            </Text>
          ) : null}
          {lacking.length > 0 ? (
            <ul className={classes.sessions} aria-label={t("Incomplete sessions")}>
              {shown.map((one) => (
                <li key={one._id}>
                  <Link to="/sessions/$s" params={{ s: one._id }}>
                    {[sessions.get(one._id)?.subject?.label, one.label || t("untitled")]
                      .filter(Boolean)
                      .join(" / ")}
                  </Link>
                  <ul className={classes.lacks}>
                    {linesOf(one)
                      .filter((line) => !line.met)
                      .map(({ words }) => (
                        <li key={words} style={{ border: 0, padding: 0 }}>
                          {words}
                        </li>
                      ))}
                  </ul>
                </li>
              ))}
            </ul>
          ) : null}
          {lacking.length > SHOWN && !draft ? (
            <Link to="/projects/$p" params={{ p: project }} search={{ complete: "no" }}>
              {t("All incomplete sessions")}
            </Link>
          ) : null}
        </div>
      )}
      <Text size="xs" c="dimmed" mt={12}>
        {rich(
          "Texts are regular expressions that may match anywhere, upper or lower case: {pattern} is exactly “T1w”. A session is complete when it satisfies one template.",
          { pattern: <code>^T1w$</code> },
        )}
      </Text>
    </Panel>
  );
}
