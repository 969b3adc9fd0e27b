import { Button, Group } from "@mantine/core";
import { IconArrowLeft, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { containerQuery, routingQuery, useMe } from "@/api/queries";
import { rich } from "@/i18n/rich";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { reasonWords, routingString } from "@/ui/routingWords";
import { StateMark } from "@/ui/StateMark";
import classes from "./CardPage.module.css";
import { QrCode } from "./QrCode";

/** One page to print and leave at the scanner: what to type so that studies come to this project. */
export function CardPage() {
  const { p } = useParams({ from: "/inside/projects/$p/card" });
  const { site } = useMe();
  const { data: project, error, refetch } = useQuery(containerQuery("projects", p));
  const string = project ? routingString(project.group, project.label) : "";
  const check = useQuery({ ...routingQuery({ string }), enabled: string !== "" });
  useEffect(() => {
    document.title = t("{name} · scanner card", { name: project?.label ?? t("Card") });
  }, [project?.label]);
  if (error && !project) return <Failure error={error} what={t("project")} onRetry={() => void refetch()} />;
  if (!project) return <Loading />;
  const target = check.data?.target;
  const leadsHere =
    target?.reason === "ok" && target.group === project.group && target.project === project.label;
  return (
    <div className={classes.screen}>
      <Group className={classes.tools} justify="space-between">
        <LinkButton
          to="/projects/$p"
          params={{ p }}
          variant="default"
          leftSection={<IconArrowLeft size={16} />}
        >
          {t("Back to the project")}
        </LinkButton>
        <Group gap="sm">
          {target ? (
            <StateMark
              state={leadsHere ? "ok" : "bad"}
              words={
                leadsHere
                  ? t("Leads here")
                  : t("Does not lead here: {reason}", { reason: reasonWords(target.reason) })
              }
            />
          ) : null}
          <Button leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
            {t("Print")}
          </Button>
        </Group>
      </Group>
      <main className={classes.card}>
        <header className={classes.head}>
          <p>{t("Research scans for")}</p>
          <h1>{project.label}</h1>
          <p>{project.group_info?.label ?? project.group}</p>
        </header>
        <section className={classes.string} aria-label={t("Routing string")}>
          <QrCode text={string} label={t("QR code of {string}", { string })} />
          <div>
            <h2>{t("Type this into the routing field when you register the patient")}</h2>
            <code>{string}</code>
            <p>
              {rich(
                "The field is the one your site has agreed on: often <b>Patient comments</b> or <b>Patient ID</b>.",
                { b: (field) => <b>{field}</b> },
              )}
            </p>
            <p className={classes.field}>{t("Our field:")}</p>
          </div>
        </section>
        <section aria-label={t("Subject and session")}>
          <h2>{t("With subject and session, when you know them")}</h2>
          <dl className={classes.examples}>
            <dt>{`${string}/sub-001/ses-1`}</dt>
            <dd>{t("Subject sub-001, session ses-1.")}</dd>
            <dt>{`${string}/sub-001`}</dt>
            <dd>{t("Subject sub-001; the session is named after the study description.")}</dd>
            <dt>{string}</dt>
            <dd>{t("Subject and session are taken from the other fields.")}</dd>
          </dl>
        </section>
        <section aria-label={t("Good to know")}>
          <h2>{t("Good to know")}</h2>
          <ul>
            <li>
              {rich(
                "Begin with {prefix}. Parts are separated by {slash}. Capitals do not matter in group and project.",
                { prefix: <code>fw://</code>, slash: <code>/</code> },
              )}
            </li>
            <li>
              {t(
                "Forgot it, or a typing error? Nothing is lost: tell the study’s data manager, it will be sorted.",
              )}
            </li>
            <li>{t("Corrected it at the console? The study moves by itself when it is sent again.")}</li>
            <li>{t("Studies appear about a minute after the last image of each series.")}</li>
          </ul>
        </section>
        <footer className={classes.foot}>
          <span>{site.name}</span>
          <span>
            {rich("Receiver: AE title {title}, port {port}", {
              title: <b>{site.dicom.ae_title}</b>,
              port: <b>{site.dicom.port}</b>,
            })}
          </span>
          <span>{window.location.host}</span>
        </footer>
      </main>
    </div>
  );
}
