import { Button, Code } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useMe } from "@/api/queries";
import { plural, t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { bytes } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";
import { SettingsDialog } from "./SettingsDialog";
import { configQuery, healthQuery, offered, ownKeys, settingsQuery } from "./site";

const STORAGES: Record<string, string> = { file: t("folder of the server"), s3: t("object storage") };
const MANY_WAITING = 1000;

/** How the site is, what it offers, and the settings that clients read. */
export function SitePage() {
  const { site } = useMe();
  useCrumbs([{ label: t("Site") }]);
  return (
    <Page>
      <PageHead title={site.name} tab={t("Site")} kind={t("Site")} />
      <Columns
        main={
          <>
            <Health />
            <Settings />
          </>
        }
        side={<Server />}
      />
    </Page>
  );
}

function Health() {
  const found = useQuery(healthQuery);
  const health = found.data;
  const busy = (health?.facts_waiting ?? 0) > MANY_WAITING;
  return (
    <Panel
      title={t("Health")}
      aside={health && found.error ? <StateMark state="warn" words={t("not up to date")} /> : null}
    >
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error && !health ? (
        <Failure error={found.error} what={t("state of the site")} onRetry={() => void found.refetch()} />
      ) : null}
      {health ? (
        <Facts
          facts={[
            [
              t("Database"),
              <StateMark
                key="db"
                state={health.database === "ok" ? "ok" : "bad"}
                words={health.database === "ok" ? t("ok") : health.database}
              />,
            ],
            [
              t("Queue"),
              <StateMark
                key="queue"
                state={busy ? "warn" : "ok"}
                words={
                  health.facts_waiting === 0
                    ? t("nothing waits")
                    : plural(health.facts_waiting, "{count} event waiting", "{count} events waiting")
                }
              />,
            ],
            [t("Files are in"), STORAGES[health.blobs] ?? health.blobs],
          ]}
        />
      ) : null}
    </Panel>
  );
}

function Settings() {
  const found = useQuery(settingsQuery);
  const [editing, dialog] = useDisclosure(false);
  const own = found.data ? ownKeys(found.data) : {};
  return (
    <Panel
      title={t("Settings that clients read")}
      aside={
        found.data ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPencil size={14} />}
            onClick={dialog.open}
          >
            {t("Edit")}
          </Button>
        ) : null
      }
    >
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error && !found.data ? (
        <Failure error={found.error} what={t("settings")} onRetry={() => void found.refetch()} />
      ) : null}
      {found.data ? <Code block>{JSON.stringify(own, null, 2)}</Code> : null}
      <p className="dim" style={{ margin: "10px 0 0", fontSize: 13 }}>
        {t(
          "Everything else (name, address, login, storage, limits) stands in the settings file of the server.",
        )}
      </p>
      {editing ? <SettingsDialog settings={own} onClose={dialog.close} /> : null}
    </Panel>
  );
}

function Server() {
  const found = useQuery(configQuery);
  const version = useQuery({
    queryKey: ["version"],
    queryFn: () => api.get<{ treadle_release: string; release: string }>("/version"),
  });
  if (found.error)
    return <Failure error={found.error} what={t("configuration")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const { site, uploads, features } = found.data;
  return (
    <Panel title={t("Server")}>
      <Facts
        facts={[
          [t("Version"), version.data?.treadle_release],
          [t("Interface"), version.data ? t("SDK up to {release}", { release: version.data.release }) : null],
          [t("Address"), site.redirect_url],
          ["DICOM", `${site.dimse_host}:${site.dimse_port}`],
          [t("Largest file"), bytes(uploads.max_file_bytes)],
          [t("Offers"), offered(features).join(", ")],
        ]}
      />
    </Panel>
  );
}
